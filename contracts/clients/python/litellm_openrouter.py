import litellm
import openai
from run import KEY, PROMPT, TOOL, TOOL_PROMPT, ask, run


def complete(url, model, prompt, **more):
    return litellm.completion(
        f"openrouter/{model}", api_base=url, api_key=KEY, messages=ask(prompt), **more
    )


def plain(url, model, say):
    say(complete(url, model, PROMPT).choices[0].message.content)


def stream(url, model, say):
    for chunk in complete(url, model, PROMPT, stream=True):
        say(chunk.choices[0].delta.content)


def tools(url, model, say):
    for chunk in complete(url, model, TOOL_PROMPT, tools=[TOOL], stream=True):
        for call in chunk.choices[0].delta.tool_calls or []:
            say(call.function.arguments)


# Its exceptions are OpenAI's, by inheritance.
run(
    {"plain": plain, "stream": stream, "tools": tools},
    lambda error: isinstance(error, openai.OpenAIError),
)
