import openai
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage
from haystack.tools import create_tool_from_function
from haystack.utils import Secret
from run import KEY, PROMPT, TOOL_PROMPT, get_weather, run


def ask(url, model, prompt, **more):
    generator = OpenAIChatGenerator(
        model=model, api_base_url=url, api_key=Secret.from_token(KEY), **more
    )
    return generator.run([ChatMessage.from_user(prompt)])["replies"][0]


def stream(url, model, say):
    ask(url, model, PROMPT, streaming_callback=lambda chunk: say(chunk.content))


def tools(url, model, say):
    tool = create_tool_from_function(get_weather)
    say(ask(url, model, TOOL_PROMPT, tools=[tool]).tool_calls[0].arguments)


run(
    {
        "plain": lambda url, model, say: say(ask(url, model, PROMPT).text),
        "stream": stream,
        "tools": tools,
    },
    lambda error: isinstance(error, openai.OpenAIError),
)
