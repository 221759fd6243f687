from pydantic_ai import Agent, exceptions
from pydantic_ai.models.openrouter import OpenRouterModel
from pydantic_ai.providers.openrouter import OpenRouterProvider
from openai import AsyncOpenAI
from run import KEY, PROMPT, TOOL_PROMPT, get_weather, run


def agent(url, model, tools=()):
    provider = OpenRouterProvider(openai_client=AsyncOpenAI(base_url=url, api_key=KEY))
    return Agent(OpenRouterModel(model, provider=provider), tools=tools)


async def plain(url, model, say):
    say((await agent(url, model).run(PROMPT)).output)


async def stream(url, model, say):
    async with agent(url, model).run_stream(PROMPT) as result:
        async for text in result.stream_text(delta=True, debounce_by=None):
            say(text)


async def tools(url, model, say):
    async with agent(url, model, [get_weather]).run_stream(TOOL_PROMPT) as result:
        async for text in result.stream_text(delta=True):
            say(text)


run(
    {"plain": plain, "stream": stream, "tools": tools},
    lambda error: isinstance(error, (exceptions.AgentRunError, exceptions.UserError)),
)
