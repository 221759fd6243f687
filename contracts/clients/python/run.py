"""Answers each line `BASE_URL MODEL KIND` with one line of JSON. See ../README.md."""

import asyncio
import inspect
import json
import os
import sys

PROMPT = "Hello"
TOOL_PROMPT = "What is the weather in Paris?"
KEY = os.environ["OPENROUTER_API_KEY"]

# The tool, in OpenAI's words.
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}


def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"Sunny in {city}"


def ask(content):
    return [{"role": "user", "content": content}]


def run(kinds, is_own):
    """Every kind is a function of `(base_url, model, say)`, plain or async; it raises as the client
    does. `is_own` tells the client's own errors from crashes. A process of its own for each line:
    what a run leaves behind does not reach the next, and packages are imported once."""
    for line in sys.stdin:
        if os.fork() == 0:
            answer(*line.split(), kinds, is_own)
            os._exit(0)
        os.wait()


def answer(base_url, model, kind, kinds, is_own):
    said = []
    say = lambda piece: said.append(str(piece or ""))
    report = {"outcome": "answer", "class": "", "status": None, "message": "", "crash": False}
    try:
        result = kinds[kind](base_url, model, say)
        if inspect.iscoroutine(result):
            asyncio.run(result)
    except BaseException as error:
        status = status_of(error)
        report = {
            "outcome": "error",
            "class": type(error).__name__,
            "status": status,
            "message": str(error)[:2000],
            "crash": not is_own(error),
        }
    print("\n" + json.dumps({"text": "".join(said), **report}), flush=True)


def status_of(error):
    response = getattr(error, "response", None)
    for value in (
        getattr(error, "status_code", None),
        getattr(error, "status", None),
        getattr(response, "status_code", None),
    ):
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None
