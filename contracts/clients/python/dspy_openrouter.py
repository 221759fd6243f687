import dspy
import openai
from run import KEY, PROMPT, run


def connect(url, model):
    return dspy.LM(f"openrouter/{model}", api_base=url, api_key=KEY, cache=False)


def plain(url, model, say):
    answer = connect(url, model)(PROMPT)[0]
    say(answer if isinstance(answer, str) else answer["text"])


run({"plain": plain}, lambda error: isinstance(error, (openai.OpenAIError, dspy.DSPyError)))
