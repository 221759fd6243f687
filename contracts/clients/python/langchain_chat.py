import sys

from run import KEY, PROMPT, TOOL, TOOL_PROMPT, run

if sys.argv[1] == "openai":
    import openai
    from langchain_openai import ChatOpenAI

    own = (openai.OpenAIError,)
    connect = lambda url, model: ChatOpenAI(model=model, base_url=url, api_key=KEY)
else:
    from langchain_openrouter import ChatOpenRouter
    from openrouter import errors

    own = (errors.OpenRouterError, errors.NoResponseError)
    connect = lambda url, model: ChatOpenRouter(model=model, base_url=url, api_key=KEY)


def plain(url, model, say):
    say(connect(url, model).invoke(PROMPT).text)


def stream(url, model, say):
    for chunk in connect(url, model).stream(PROMPT):
        say(chunk.text)


def tools(url, model, say):
    whole = None
    for chunk in connect(url, model).bind_tools([TOOL]).stream(TOOL_PROMPT):
        whole = chunk if whole is None else whole + chunk
    say(whole.tool_calls)


def is_own(error):
    name = type(error).__name__
    # `ValueError` is how these two say that an answer holds an error.
    told = type(error) is ValueError and "JSON" not in str(error)
    return name != "ResponseValidationError" and (isinstance(error, own) or told)


run({"plain": plain, "stream": stream, "tools": tools}, is_own)
