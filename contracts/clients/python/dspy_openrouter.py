import dspy
import openai
from run import KEY, PROMPT, run


def connect(url, model):
    return dspy.LM(f"openrouter/{model}", api_base=url, api_key=KEY, cache=False)


def plain(url, model, say):
    answer = connect(url, model)(PROMPT)[0]
    say(answer if isinstance(answer, str) else answer["text"])


async def stream(url, model, say):
    # One field, whose text is whatever comes.
    with dspy.context(lm=connect(url, model)):
        program = dspy.streamify(dspy.Predict("question -> answer"), async_streaming=True)
        async for part in program(question=PROMPT):
            say(getattr(part, "chunk", None) or getattr(part, "answer", ""))


run(
    {"plain": plain, "stream": stream},
    lambda error: isinstance(error, (openai.OpenAIError, dspy.DSPyError))
    if hasattr(dspy, "DSPyError")
    else isinstance(error, openai.OpenAIError),
)
