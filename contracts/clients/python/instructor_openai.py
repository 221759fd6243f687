import instructor
import openai
from instructor.core import InstructorError
from pydantic import BaseModel
from run import KEY, TOOL_PROMPT, ask, run


class Weather(BaseModel):
    """What the tool of the situations is called with."""

    city: str


def connect(url):
    return instructor.from_openai(openai.OpenAI(base_url=url, api_key=KEY), mode=instructor.Mode.JSON)


# It wants an answer that is JSON, so healthy texts are no answers to it: only its errors are compared.
def plain(url, model, say):
    say(connect(url).chat.completions.create(str, model=model, messages=ask(TOOL_PROMPT)))


def stream(url, model, say):
    create = connect(url).chat.completions.create_partial
    for part in create(response_model=Weather, model=model, messages=ask(TOOL_PROMPT)):
        say(part.city)


def tools(url, model, say):
    client = instructor.from_openai(openai.OpenAI(base_url=url, api_key=KEY))
    create = client.chat.completions.create
    say(create(response_model=Weather, model=model, messages=ask(TOOL_PROMPT)).city)


run({"tools": tools, "plain": tools}, lambda error: isinstance(error, (openai.OpenAIError, InstructorError)))
