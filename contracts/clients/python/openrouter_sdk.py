from openrouter import OpenRouter, errors
from run import KEY, PROMPT, TOOL, TOOL_PROMPT, ask, run


class StreamError(Exception):
    """What a stream says where the SDK's documentation says to look for it."""

    def __init__(self, error):
        super().__init__(error.message)
        self.status_code = error.code


def plain(url, model, say):
    with OpenRouter(api_key=KEY, server_url=url) as client:
        say(client.chat.send(model=model, messages=ask(PROMPT)).choices[0].message.content)


def read(url, model, prompt, say, **more):
    with OpenRouter(api_key=KEY, server_url=url) as client:
        for chunk in client.chat.send(model=model, messages=ask(prompt), stream=True, **more):
            if getattr(chunk, "error", None):
                raise StreamError(chunk.error)
            for choice in chunk.choices:
                say(choice.delta.content)
                for call in choice.delta.tool_calls or []:
                    say(call.function.arguments)


def is_own(error):
    own = (errors.OpenRouterError, errors.NoResponseError, StreamError)
    return isinstance(error, own) and type(error).__name__ != "ResponseValidationError"


run(
    {
        "plain": plain,
        "stream": lambda url, model, say: read(url, model, PROMPT, say),
        "tools": lambda url, model, say: read(url, model, TOOL_PROMPT, say, tools=[TOOL]),
    },
    is_own,
)
