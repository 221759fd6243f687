import openai
from agents import Agent, OpenAIChatCompletionsModel, Runner, function_tool, set_tracing_disabled
from agents.exceptions import AgentsException
from openai import AsyncOpenAI
from run import KEY, PROMPT, TOOL_PROMPT, get_weather, run

set_tracing_disabled(True)


def agent(url, model, tools=()):
    client = AsyncOpenAI(base_url=url, api_key=KEY)
    chat = OpenAIChatCompletionsModel(model=model, openai_client=client)
    return Agent(name="agent", model=chat, tools=list(tools))


async def plain(url, model, say):
    say((await Runner.run(agent(url, model), PROMPT)).final_output)


async def read(started, prompt, say):
    async for event in Runner.run_streamed(started, prompt).stream_events():
        if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
            say(event.data.delta)


run(
    {
        "plain": plain,
        "stream": lambda url, model, say: read(agent(url, model), PROMPT, say),
        "tools": lambda url, model, say: read(
            agent(url, model, [function_tool(get_weather)]), TOOL_PROMPT, say
        ),
    },
    lambda error: isinstance(error, (openai.OpenAIError, AgentsException)),
)
