import openai
from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.llms.openrouter import OpenRouter
from run import KEY, PROMPT, TOOL_PROMPT, get_weather, run


def connect(url, model):
    return OpenRouter(model=model, api_base=url, api_key=KEY)


def plain(url, model, say):
    say(connect(url, model).chat([ChatMessage(role="user", content=PROMPT)]).message.content)


def stream(url, model, say):
    for part in connect(url, model).stream_chat([ChatMessage(role="user", content=PROMPT)]):
        say(part.delta)


def tools(url, model, say):
    tool = FunctionTool.from_defaults(get_weather)
    llm = OpenRouter(model=model, api_base=url, api_key=KEY, is_function_calling_model=True)
    say(llm.chat_with_tools([tool], user_msg=TOOL_PROMPT).message.additional_kwargs)


run(
    {"plain": plain, "stream": stream, "tools": tools},
    lambda error: isinstance(error, openai.OpenAIError),
)
