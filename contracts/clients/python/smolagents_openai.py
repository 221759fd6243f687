import openai
from run import KEY, PROMPT, TOOL_PROMPT, get_weather, run
from smolagents import ChatMessage, OpenAIModel, tool


def ask(prompt):
    return [ChatMessage(role="user", content=[{"type": "text", "text": prompt}])]


def connect(url, model):
    return OpenAIModel(model_id=model, api_base=url, api_key=KEY)


def plain(url, model, say):
    say(connect(url, model).generate(ask(PROMPT)).content)


def stream(url, model, say):
    for part in connect(url, model).generate_stream(ask(PROMPT)):
        say(part.content)


@tool
def weather(city: str) -> str:
    """The weather in a city.

    Args:
        city: The name of the city.
    """
    return get_weather(city)


def tools(url, model, say):
    answer = connect(url, model).generate(ask(TOOL_PROMPT), tools_to_call_from=[weather])
    say(answer.tool_calls[0].function.arguments)


run(
    {"plain": plain, "stream": stream, "tools": tools},
    lambda error: isinstance(error, openai.OpenAIError),
)
