import { describe, expect, test } from "bun:test";
import { connectTo, postBytes } from "../harness/raw-client.ts";
import { atOnce, PLAIN, type RawProxy, startRawProxy, STREAM } from "../harness/raw-proxy.ts";
import type { RawExchange } from "../harness/raw-upstream.ts";
import { ANSWER, DONE, eventOf, FAILURE, FINISH, textEvent } from "../harness/stream-events.ts";

const TOO_LARGE = {
  message: expect.stringContaining("1000 bytes (MAX_BODY_BYTES)"),
  type: "invalid_request_error",
  param: null,
  code: "payload_too_large",
};

describe("a body larger than MAX_BODY_BYTES is refused with a 413 as JSON", () => {
  test("by its declared length, before it is read", async () => {
    await using proxy = startRawProxy({ MAX_BODY_BYTES: "1000" });
    using client = await connectTo(proxy.url);
    client.send(postBytes("", { "content-length": "1001" }));
    const answer = await client.receivedUpTo("}}");
    expect(answer).toStartWith("HTTP/1.1 413 ");
    const [, body = ""] = answer.split("\r\n\r\n");
    expect(JSON.parse(body)).toEqual({ error: TOO_LARGE });
    expect(proxy.upstream.count()).toBe(0);
  });

  test("where it has no length, once it is there", async () => {
    await using proxy = startRawProxy({ MAX_BODY_BYTES: "1000" });
    const pieces = Array.from({ length: 40 }, () => new Uint8Array(50_000).fill(120));
    const body = new ReadableStream({
      pull(controller) {
        const piece = pieces.pop();
        return piece === undefined ? controller.close() : controller.enqueue(piece);
      },
    });
    const headers = { "content-type": "application/json" };
    const answer = await Bun.fetch(`${proxy.url}/proxy`, { method: "POST", headers, body });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toEqual({ error: TOO_LARGE });
    expect(proxy.upstream.count()).toBe(0);
  });

  test("where it has no length, though it never ends", async () => {
    await using proxy = startRawProxy({ MAX_BODY_BYTES: "1000" });
    using client = await connectTo(proxy.url);
    client.send(
      "POST /proxy HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n" +
        `transfer-encoding: chunked\r\n\r\n7d0\r\n${"x".repeat(2000)}\r\n`,
    );
    expect(await client.receivedUpTo("}}")).toStartWith("HTTP/1.1 413 ");
  });
});

test("a body of exactly MAX_BODY_BYTES goes upstream", async () => {
  await using proxy = startRawProxy({ MAX_BODY_BYTES: String(PLAIN.length) });
  const answer = proxy.post(PLAIN);
  await (await proxy.upstream.next()).json(ANSWER);
  expect((await answer).status).toBe(200);
});

test("a body that breaks off is logged as such, and does not go upstream", async () => {
  await using proxy = startRawProxy();
  using client = await connectTo(proxy.url);
  const entry = proxy.nextEntry();
  client.send(postBytes(PLAIN.slice(0, -5), { "content-length": String(PLAIN.length) }));
  client.leave();
  expect(await atOnce(entry)).toMatchObject({ rule: "body-cut" });
  expect(proxy.upstream.count()).toBe(0);
});

test("a request beyond MAX_UPSTREAM_REQUESTS is a 503 that may come again in a second", async () => {
  await using proxy = startRawProxy({ MAX_UPSTREAM_REQUESTS: "2" });
  const open = [proxy.post(PLAIN), proxy.post(STREAM)];
  const asked = [await proxy.upstream.next(), await proxy.upstream.next()];
  const answer = await proxy.post(PLAIN);
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toBe("1");
  expect(answer.headers.get("x-should-retry")).toBe("true");
  expect(await answer.json()).toEqual({
    error: {
      message: expect.stringContaining("MAX_UPSTREAM_REQUESTS"),
      type: "server_error",
      param: null,
      code: "proxy_overloaded",
    },
  });
  expect(proxy.upstream.count()).toBe(2);
  for (const exchange of asked) exchange.reset();
  expect((await Promise.all(open)).map(({ status }) => status)).toEqual([502, 502]);
});

/** An end of an exchange: what upstream, or the client, does once the request has arrived. */
type End = (asked: RawExchange, leave: () => void) => unknown;

const STREAMED: Record<string, End> = {
  "a whole stream": async (asked) => {
    await asked.begin("text/event-stream");
    await asked.chunk(textEvent("Hello") + FINISH + DONE);
    await asked.finish();
  },
  "an error in the first event": async (asked) => {
    await asked.begin("text/event-stream");
    await asked.chunk(eventOf(FAILURE));
  },
  "an error in band": async (asked) => {
    await asked.begin("text/event-stream");
    await asked.chunk(textEvent("Hello"));
    await asked.chunk(eventOf(FAILURE));
  },
  "a stream that is cut": async (asked) => {
    await asked.begin("text/event-stream");
    await asked.chunk(textEvent("Hello"));
    asked.reset();
  },
  "a silent stream": async (asked) => {
    await asked.begin("text/event-stream");
    await asked.chunk(textEvent("Hello"));
  },
  "a client that leaves mid-stream": async (asked, leave) => {
    await asked.begin("text/event-stream");
    await asked.chunk(textEvent("Hello"));
    leave();
  },
};
const UNANSWERED: Record<string, End> = {
  "a plain answer": (asked) => asked.json(ANSWER),
  "a failed answer": (asked) => asked.json(JSON.stringify(FAILURE)),
  "a connection that is cut": (asked) => asked.reset(),
  "no answer in time": () => {},
  "a client that leaves": (_asked, leave) => leave(),
};
const ends = [
  ...Object.entries(UNANSWERED).map(([name, end]) => [name, PLAIN, end] as const),
  ...Object.entries(STREAMED).map(([name, end]) => [name, STREAM, end] as const),
];

test.each(ends)("a slot of MAX_UPSTREAM_REQUESTS is free again after %s", async (_, body, end) => {
  await using proxy = startRawProxy({
    MAX_UPSTREAM_REQUESTS: "1",
    UPSTREAM_TIMEOUT_MS: "300",
    STREAM_IDLE_TIMEOUT_MS: "300",
  });
  using client = await connectTo(proxy.url);
  const entry = proxy.nextEntry();
  client.send(postBytes(body));
  await end(await proxy.upstream.next(), client.leave);
  await atOnce(entry);
  expect(await answerOfNext(proxy)).toBe(200);
});

async function answerOfNext(proxy: RawProxy): Promise<number> {
  const answer = proxy.post(PLAIN);
  await (await atOnce(proxy.upstream.next())).json(ANSWER);
  return (await answer).status;
}
