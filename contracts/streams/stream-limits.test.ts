import { describe, expect, test } from "bun:test";
import { connectTo, postBytes } from "../harness/raw-client.ts";
import type { RawExchange } from "../harness/raw-upstream.ts";
import { atOnce, startRawProxy, STREAM } from "../harness/raw-proxy.ts";
import {
  COMMENT,
  DONE,
  eventOf,
  FAILURE,
  FINISH,
  lastError,
  readerOf,
  ROLE,
  textEvent,
} from "../harness/stream-events.ts";

const HELLO = textEvent("Hello");

describe("a held stream is committed", () => {
  test.each([
    ["STREAM_HOLD_MS", { STREAM_HOLD_MS: "100" }, {}],
    ["x-candor-hold-ms", {}, { "x-candor-hold-ms": "100" }],
  ])("after %s, and a later error is in band", async (_name, settings, headers) => {
    await using proxy = startRawProxy(settings);
    const answer = proxy.post(STREAM, { headers });
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(COMMENT + ROLE);
    const response = await answer;
    expect(response.status).toBe(200);
    const reader = readerOf(response);
    await reader.readUpTo(COMMENT + ROLE);
    await asked.chunk(eventOf(FAILURE));
    const text = await reader.readAll();
    expect(text).toStartWith(`${COMMENT}${ROLE}data: `);
    expect(text).not.toContain("[DONE]");
    expect(lastError(text)).toMatchObject({ message: "Slow down", type: "rate_limit_error" });
  });

  test("after STREAM_HOLD_MS though nothing at all was read of it", async () => {
    await using proxy = startRawProxy({ STREAM_HOLD_MS: "100" });
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    const reader = readerOf(await atOnce(answer));
    await asked.chunk(HELLO + FINISH + DONE);
    expect(await reader.readAll()).toEndWith(HELLO + FINISH + DONE);
  });

  test("after STREAM_HOLD_MS from the request's arrival, however late upstream began", async () => {
    await using proxy = startRawProxy({ STREAM_HOLD_MS: "100" });
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    // A later request, whose hold is over: so is that of the first.
    const later = proxy.post(STREAM);
    await (await proxy.upstream.next()).begin("text/event-stream");
    await later;
    await asked.begin("text/event-stream");
    expect((await atOnce(answer)).status).toBe(200);
  });

  test("after STREAM_HOLD_BYTES, and a later error is in band", async () => {
    await using proxy = startRawProxy({ STREAM_HOLD_BYTES: "200" });
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(COMMENT.repeat(10));
    const reader = readerOf(await answer);
    expect(await reader.readUpTo(COMMENT)).toBe(COMMENT.repeat(10));
    await asked.chunk(eventOf(FAILURE));
    expect(lastError(await reader.readAll())).toMatchObject({ message: "Slow down" });
  });
});

describe("upstream's silence for STREAM_IDLE_TIMEOUT_MS ends a committed stream", () => {
  test("counted from the last that was heard, though that was held", async () => {
    await using proxy = startRawProxy({ STREAM_HOLD_MS: "400", STREAM_IDLE_TIMEOUT_MS: "500" });
    const startedAt = performance.now();
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    const text = await (await answer).text();
    expect(lastError(text).message).toContain("500 ms (STREAM_IDLE_TIMEOUT_MS)");
    expect(performance.now() - startedAt).toBeLessThan(800);
  });

  test("with one error event and no [DONE], and upstream is freed", async () => {
    await using proxy = startRawProxy({ STREAM_IDLE_TIMEOUT_MS: "150" });
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(HELLO);
    const text = await readerOf(await answer).readAll();
    expectHelloAndOneError(text);
    expect(lastError(text)).toMatchObject({ type: "server_error", code: "timeout" });
    expect(lastError(text).message).toContain("150 ms (STREAM_IDLE_TIMEOUT_MS)");
    await atOnce(asked.closed);
  });

  test("though comments come all the while", async () => {
    await using proxy = startRawProxy({ STREAM_IDLE_TIMEOUT_MS: "150" });
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(HELLO);
    const comments = setInterval(() => asked.chunk(COMMENT), 20);
    const text = await readerOf(await answer).readAll();
    clearInterval(comments);
    expectHelloAndOneError(text.replaceAll(COMMENT, ""));
  });

  test("and not before, while events or parts of one come", async () => {
    await using proxy = startRawProxy({ STREAM_IDLE_TIMEOUT_MS: "800" });
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(HELLO);
    // 25 pieces of one event, 50 ms apart: longer than the limit, which no single pause reaches.
    await writeSlowly(asked, textEvent("x".repeat(200)), 25, 50);
    await asked.chunk(FINISH + DONE);
    expect(await (await answer).text()).toBe(HELLO + textEvent("x".repeat(200)) + FINISH + DONE);
  });
});

describe("a committed stream that is cut", () => {
  test.each(["reset", "close"] as const)("by a %s ends with one error event", async (cut) => {
    await using proxy = startRawProxy();
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(HELLO);
    const reader = readerOf(await answer);
    await reader.readUpTo(HELLO);
    asked[cut]();
    const text = await reader.readAll();
    expectHelloAndOneError(text);
    expect(lastError(text)).toMatchObject({ type: "server_error", code: "provider_unavailable" });
  });

  test.each(["reset", "close", "finish"] as const)(
    "inside an event, by a %s, ends without that half of it",
    async (cut) => {
      await using proxy = startRawProxy();
      const answer = proxy.post(STREAM);
      const asked = await proxy.upstream.next();
      await asked.begin("text/event-stream");
      await asked.chunk(HELLO + textEvent("half").slice(0, -20));
      const reader = readerOf(await answer);
      await reader.readUpTo(HELLO);
      await asked[cut]();
      expectHelloAndOneError(await reader.readAll());
    },
  );

  test("after its finish is no whole answer: its usage may be missing", async () => {
    await using proxy = startRawProxy();
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(HELLO + FINISH);
    const reader = readerOf(await answer);
    await reader.readUpTo(FINISH);
    asked.reset();
    const text = await reader.readAll();
    expect(text).toStartWith(HELLO + FINISH);
    expect(text).not.toContain("[DONE]");
    expect(lastError(text)).toMatchObject({ type: "server_error", code: "provider_unavailable" });
  });
});

test("an event larger than STREAM_EVENT_BYTES passes unchanged", async () => {
  await using proxy = startRawProxy({ STREAM_EVENT_BYTES: "1000" });
  const large = textEvent("x".repeat(500_000));
  const answer = proxy.post(STREAM);
  const asked = await proxy.upstream.next();
  await asked.begin("text/event-stream");
  await asked.chunk(HELLO);
  const reader = readerOf(await answer);
  await reader.readUpTo(HELLO);
  await asked.chunk(large);
  expect((await reader.readUpTo(large)) === HELLO + large).toBe(true);
  await asked.chunk(FINISH + DONE);
  expect((await reader.readAll()) === HELLO + large + FINISH + DONE).toBe(true);
});

test("a connection carries the next request after a stream", async () => {
  await using proxy = startRawProxy();
  using client = await connectTo(proxy.url);
  for (const round of ["first", "second", "third"]) {
    client.send(postBytes(STREAM));
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(textEvent(round));
    await client.receivedUpTo(textEvent(round));
    const rest = textEvent(`rest of the ${round}`) + FINISH + DONE;
    await asked.chunk(rest);
    await asked.finish();
    await client.receivedUpTo(`${rest}\r\n0\r\n\r\n`);
  }
});

/** Nothing but the first event came through, then one error, and nothing after it. */
function expectHelloAndOneError(text: string): void {
  expect(text).toStartWith(HELLO);
  expect(text.slice(HELLO.length)).toMatch(/^data: \{"error":\{.*\}\}\n\n$/);
}

async function writeSlowly(asked: RawExchange, text: string, pieces: number, gapMs: number) {
  const size = Math.ceil(text.length / pieces);
  for (let start = 0; start < text.length; start += size) {
    await asked.chunk(text.slice(start, start + size));
    await Bun.sleep(gapMs);
  }
}
