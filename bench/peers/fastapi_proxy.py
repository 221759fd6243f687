"""The proxy that one writes first: FastAPI with httpx, peeking at the first event of a stream.

An error in the first event, or in a JSON answer, becomes an answer with the status in its code.
Its arguments are upstream's base URL and its own port.
"""

import json
import resource
import sys

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

UPSTREAM = sys.argv[1] + "/chat/completions"
HOP_BY_HOP = {"host", "connection", "content-length", "transfer-encoding", "keep-alive"}

app = FastAPI()
limits = httpx.Limits(max_connections=None, max_keepalive_connections=1000)
client = httpx.AsyncClient(timeout=httpx.Timeout(600), limits=limits)


@app.post("/v1/chat/completions")
async def proxy(request: Request) -> Response:
    body = await request.body()
    headers = {k: v for k, v in request.headers.items() if k.lower() not in HOP_BY_HOP}
    upstream = await client.send(
        client.build_request("POST", UPSTREAM, headers=headers, content=body), stream=True
    )
    media_type = upstream.headers.get("content-type", "")
    if media_type.startswith("text/event-stream"):
        return await stream(upstream, media_type)
    content = await upstream.aread()
    error = error_of(content)
    if error is not None:
        return JSONResponse({"error": error}, status_of(error, upstream.status_code))
    return Response(content, upstream.status_code, media_type=media_type)


async def stream(upstream: httpx.Response, media_type: str) -> Response:
    """Reads up to the first event, which decides the status; then passes on what comes."""
    chunks = upstream.aiter_raw()
    beginning = b""
    async for chunk in chunks:
        beginning += chunk
        event = first_event(beginning)
        if event is None:
            continue
        error = error_of(event)
        if error is not None:
            await upstream.aclose()
            return JSONResponse({"error": error}, status_of(error, 502))
        break

    async def rest():
        try:
            yield beginning
            async for chunk in chunks:
                yield chunk
        finally:
            await upstream.aclose()

    return StreamingResponse(rest(), upstream.status_code, media_type=media_type)


def first_event(text: bytes) -> bytes | None:
    """The data of the first whole event that is no comment."""
    for block in text.split(b"\n\n")[:-1]:
        if block.startswith(b"data: "):
            return block[len(b"data: ") :]
    return None


def error_of(content: bytes) -> dict | None:
    try:
        value = json.loads(content)
    except ValueError:
        return None
    return value.get("error") if isinstance(value, dict) else None


def status_of(error: dict, otherwise: int) -> int:
    code = error.get("code")
    return code if isinstance(code, int) and 400 <= code <= 599 else otherwise


if __name__ == "__main__":
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    uvicorn.run(app, port=int(sys.argv[2]), backlog=4096)
