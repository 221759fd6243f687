import instructor
import openai
from instructor.core import InstructorError
from pydantic import BaseModel
from run import KEY, TOOL_PROMPT, ask, run


class Weather(BaseModel):
    """The weather in a city."""

    city: str


# It calls a tool of its own making, and tries again until the arguments have the form it wants.
def tools(url, model, say):
    client = instructor.from_openai(openai.OpenAI(base_url=url, api_key=KEY))
    create = client.chat.completions.create
    say(create(response_model=Weather, model=model, messages=ask(TOOL_PROMPT)).city)


run({"tools": tools}, lambda error: isinstance(error, (openai.OpenAIError, InstructorError)))
