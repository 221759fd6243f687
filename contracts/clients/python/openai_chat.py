import openai
from run import KEY, PROMPT, TOOL, TOOL_PROMPT, ask, run


def connect(url):
    return openai.OpenAI(base_url=url, api_key=KEY).chat.completions


def plain(url, model, say):
    say(connect(url).create(model=model, messages=ask(PROMPT)).choices[0].message.content)


def stream(url, model, say):
    for chunk in connect(url).create(model=model, messages=ask(PROMPT), stream=True):
        if chunk.choices:
            say(chunk.choices[0].delta.content)


def tools(url, model, say):
    question = {"model": model, "messages": ask(TOOL_PROMPT), "tools": [TOOL]}
    with connect(url).stream(**question) as events:
        say(events.get_final_completion().choices[0].message.tool_calls[0].function)


run(
    {"plain": plain, "stream": stream, "tools": tools},
    lambda error: isinstance(error, openai.OpenAIError),
)
