import anthropic
from run import KEY, PROMPT, TOOL, TOOL_PROMPT, ask, run

FUNCTION = TOOL["function"]
TOOLS = [
    {
        "name": FUNCTION["name"],
        "description": FUNCTION["description"],
        "input_schema": FUNCTION["parameters"],
    }
]


def connect(url):
    # This SDK adds `/v1` itself.
    return anthropic.Anthropic(base_url=url.removesuffix("/v1"), api_key=KEY).messages


def plain(url, model, say):
    for block in connect(url).create(model=model, max_tokens=1024, messages=ask(PROMPT)).content:
        say(block.text)


def stream(url, model, say):
    with connect(url).stream(model=model, max_tokens=1024, messages=ask(PROMPT)) as events:
        for text in events.text_stream:
            say(text)


def tools(url, model, say):
    question = {"model": model, "max_tokens": 1024, "messages": ask(TOOL_PROMPT), "tools": TOOLS}
    with connect(url).stream(**question) as events:
        say(events.get_final_message().content[0].input)


run(
    {"plain": plain, "stream": stream, "tools": tools},
    lambda error: isinstance(error, anthropic.AnthropicError),
)
