import { describe, expect, test } from "bun:test";
import { connectTo, postBytes } from "../harness/raw-client.ts";
import { startRawUpstream } from "../harness/raw-upstream.ts";
import { atOnce, PLAIN, startRawProxy, STREAM } from "../harness/raw-proxy.ts";
import {
  ANSWER,
  COMMENT,
  DONE,
  eventOf,
  FAILURE,
  FINISH,
  readerOf,
  textEvent,
} from "../harness/stream-events.ts";

describe.each(["leave", "reset"] as const)("a client's %s frees its upstream at once", (how) => {
  test("while upstream has not answered", async () => {
    await using proxy = startRawProxy();
    using client = await connectTo(proxy.url);
    client.send(postBytes(PLAIN));
    const asked = await proxy.upstream.next();
    const entry = proxy.nextEntry();
    client[how]();
    await atOnce(asked.closed);
    expect(await atOnce(entry)).toMatchObject({ rule: "client-gone", stream: false });
    expect((await entry).status).toBeUndefined();
  });

  test("while a plain answer is on its way", async () => {
    await using proxy = startRawProxy();
    using client = await connectTo(proxy.url);
    client.send(postBytes(PLAIN));
    const asked = await proxy.upstream.next();
    await asked.begin("application/json");
    await asked.chunk(ANSWER.slice(0, 20));
    const entry = proxy.nextEntry();
    client[how]();
    await atOnce(asked.closed);
    expect(await atOnce(entry)).toMatchObject({ rule: "client-gone" });
  });

  test("while a stream is held", async () => {
    await using proxy = startRawProxy();
    using client = await connectTo(proxy.url);
    client.send(postBytes(STREAM));
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(COMMENT);
    const entry = proxy.nextEntry();
    client[how]();
    await atOnce(asked.closed);
    expect(await atOnce(entry)).toMatchObject({ rule: "client-gone" });
  });

  test("in the middle of a stream", async () => {
    await using proxy = startRawProxy();
    using client = await connectTo(proxy.url);
    client.send(postBytes(STREAM));
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(textEvent("Hello"));
    await client.receivedUpTo(textEvent("Hello"));
    const entry = proxy.nextEntry();
    client[how]();
    await atOnce(asked.closed);
    expect(await atOnce(entry)).toMatchObject({ rule: "client-gone", status: 200 });
  });
});

describe("an answer that is over frees its upstream soon, though that would go on", () => {
  test("after an error in the first event", async () => {
    await using proxy = startRawProxy();
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(eventOf(FAILURE));
    expect((await answer).status).toBe(429);
    await atOnce(asked.closed);
  });

  test("after an error in the middle of a stream", async () => {
    await using proxy = startRawProxy();
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(textEvent("Hello"));
    const reader = readerOf(await answer);
    await reader.readUpTo(textEvent("Hello"));
    await asked.chunk(eventOf(FAILURE));
    expect(await reader.readAll()).toContain("Slow down");
    await atOnce(asked.closed);
  });

  test("after [DONE]", async () => {
    await using proxy = startRawProxy();
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(textEvent("Hello") + FINISH + DONE);
    expect(await (await answer).text()).toBe(textEvent("Hello") + FINISH + DONE);
    await asked.closed;
  });
});

describe("an upstream that gives no answer", () => {
  test("whose port is closed becomes a 502 that says so", async () => {
    const gone = startRawUpstream();
    gone[Symbol.dispose]();
    await using proxy = startRawProxy({ OPENROUTER_BASE_URL: gone.url });
    const answer = await proxy.post(PLAIN);
    expect(answer.status).toBe(502);
    expect(answer.headers.get("proxy-status")).toStartWith("candor; error=connection_refused");
    expect(await answer.json()).toMatchObject({ error: { type: "server_error" } });
  });

  test("but resets the connection becomes a 502", async () => {
    await using proxy = startRawProxy();
    const answer = proxy.post(PLAIN);
    (await proxy.upstream.next()).reset();
    expect((await answer).status).toBe(502);
    const proxyStatus = (await answer).headers.get("proxy-status");
    expect(proxyStatus).toStartWith("candor; error=connection_terminated");
  });

  test("but closes the connection becomes a 502, and is not asked again", async () => {
    await using proxy = startRawProxy();
    const answer = proxy.post(PLAIN);
    (await proxy.upstream.next()).close();
    expect((await answer).status).toBe(502);
    expect(proxy.upstream.count()).toBe(1);
  });

  test("but bytes that are no HTTP becomes a 502", async () => {
    await using proxy = startRawProxy();
    const answer = proxy.post(PLAIN);
    await (await proxy.upstream.next()).write("SSH-2.0-OpenSSH_9.6\r\n\r\n");
    expect((await answer).status).toBe(502);
  });

  test("within UPSTREAM_TIMEOUT_MS becomes a 504, and is freed", async () => {
    await using proxy = startRawProxy({ UPSTREAM_TIMEOUT_MS: "100" });
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    expect((await answer).status).toBe(504);
    const message = expect.stringContaining("100 ms (UPSTREAM_TIMEOUT_MS)");
    const error = { message, type: "server_error", param: null, code: "timeout" };
    expect(await (await answer).json()).toEqual({ error });
    await atOnce(asked.closed);
  });
});

describe("a plain answer", () => {
  test("that is padded beyond UPSTREAM_TIMEOUT_MS becomes a 504, and is freed", async () => {
    await using proxy = startRawProxy({ UPSTREAM_TIMEOUT_MS: "200" });
    const answer = proxy.post(PLAIN);
    const asked = await proxy.upstream.next();
    await asked.begin("application/json");
    const padding = setInterval(() => asked.chunk("\n"), 20);
    expect((await answer).status).toBe(504);
    clearInterval(padding);
    await atOnce(asked.closed);
  });

  test("that drips as audio beyond UPSTREAM_TIMEOUT_MS is broken off, and freed", async () => {
    await using proxy = startRawProxy({ UPSTREAM_TIMEOUT_MS: "200" });
    const entry = proxy.nextEntry();
    const answer = proxy.post(PLAIN);
    const asked = await proxy.upstream.next();
    await asked.begin("audio/mpeg");
    const drip = setInterval(() => asked.chunk("ID3"), 20);
    expect((await answer).status).toBe(200);
    expect(await (await answer).text().catch(() => "broken off")).toBe("broken off");
    clearInterval(drip);
    await atOnce(asked.closed);
    expect(await entry).toMatchObject({ status: 200, rule: "upstream-timeout" });
  });

  test.each(["reset", "close"] as const)("that is cut by a %s becomes a 502", async (cut) => {
    await using proxy = startRawProxy();
    const answer = proxy.post(PLAIN);
    const asked = await proxy.upstream.next();
    await asked.begin("application/json");
    await asked.chunk(ANSWER);
    asked[cut]();
    expect((await answer).status).toBe(502);
    expect((await answer).headers.get("proxy-status")).toContain('details="cut"');
  });

  test("that is shorter than its declared length becomes a 502", async () => {
    await using proxy = startRawProxy();
    const answer = proxy.post(PLAIN);
    const asked = await proxy.upstream.next();
    await asked.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n");
    await asked.write(`content-length: ${ANSWER.length + 1}\r\n\r\n${ANSWER}`);
    asked.close();
    expect((await answer).status).toBe(502);
  });

  test("that redirects becomes a 502 at once, whatever is still to come of it", async () => {
    await using proxy = startRawProxy();
    const answer = proxy.post(PLAIN);
    const asked = await proxy.upstream.next();
    await asked.write("HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 100\r\n\r\nabc");
    expect((await answer).status).toBe(502);
    await atOnce(asked.closed);
  });

  test("that redirects becomes a 502, and where it points is not asked", async () => {
    await using proxy = startRawProxy();
    using elsewhere = startRawUpstream();
    const answer = proxy.post(PLAIN);
    const asked = await proxy.upstream.next();
    await asked.write(`HTTP/1.1 307 Temporary Redirect\r\nlocation: ${elsewhere.url}\r\n`);
    await asked.write("content-length: 0\r\n\r\n");
    expect((await answer).status).toBe(502);
    expect((await answer).headers.get("proxy-status")).toContain("received-status=307");
    expect(elsewhere.count()).toBe(0);
  });
});
