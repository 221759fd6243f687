import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { connectTo, postBytes } from "../harness/raw-client.ts";
import { atOnce, PLAIN, startRawProxy, STREAM } from "../harness/raw-proxy.ts";
import {
  BLANK,
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

// The server breaks a connection off after about four seconds, so that a test may take five.
setDefaultTimeout(30_000);

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
    await reader.readUpTo(ROLE);
    await asked.chunk(eventOf(FAILURE));
    const text = await reader.readAll();
    expect(text).toStartWith(`${ROLE}data: `);
    expect(text).not.toContain("[DONE]");
    expect(lastError(text)).toMatchObject({ message: "Slow down", type: "rate_limit_error" });
  });

  test("after STREAM_HOLD_MS, even if upstream has sent no byte of the body", async () => {
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
    // Once the hold of a later request is over, so is that of the first.
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
    expect(await reader.readUpTo("\n\n")).toBe(BLANK);
    await asked.chunk(eventOf(FAILURE));
    expect(lastError(await reader.readAll())).toMatchObject({ message: "Slow down" });
  });
});

describe("upstream's silence for STREAM_IDLE_TIMEOUT_MS ends a committed stream", () => {
  test("and the time in which it was held counts", async () => {
    await using proxy = startRawProxy({ STREAM_HOLD_MS: "400", STREAM_IDLE_TIMEOUT_MS: "500" });
    const startedAt = performance.now();
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    const reader = readerOf(await answer);
    const text = await reader.readUpTo('"choices":[]}\n\n');
    expect(lastError(text).message).toContain("500 ms (STREAM_IDLE_TIMEOUT_MS)");
    expect(performance.now() - startedAt).toBeLessThan(800);
  });

  test.concurrent("with an error in band and no [DONE], and the connection breaks off", async () => {
    await using proxy = startRawProxy({ STREAM_IDLE_TIMEOUT_MS: "150" });
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(HELLO);
    const text = await readerOf(await answer).readToBreak();
    expectHelloAndError(text);
    expect(lastError(text)).toMatchObject({ type: "server_error", code: "504" });
    expect(lastError(text).message).toContain("150 ms (STREAM_IDLE_TIMEOUT_MS)");
    await atOnce(asked.closed);
  });

  test.concurrent.each([
    ["comments", COMMENT],
    ["pieces of an event", "x"],
  ])("though %s come all the while", async (_what, piece) => {
    await using proxy = startRawProxy({ STREAM_IDLE_TIMEOUT_MS: "150" });
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(HELLO);
    const pieces = setInterval(() => asked.chunk(piece), 20);
    const text = await readerOf(await answer).readToBreak();
    clearInterval(pieces);
    expectHelloAndError(text);
  });
});

describe("a committed stream that is cut", () => {
  test.concurrent.each(["reset", "close"] as const)(
    "by a %s breaks off behind an error in band",
    async (cut) => {
      await using proxy = startRawProxy();
      const answer = proxy.post(STREAM);
      const asked = await proxy.upstream.next();
      await asked.begin("text/event-stream");
      await asked.chunk(HELLO);
      const reader = readerOf(await answer);
      await reader.readUpTo(HELLO);
      asked[cut]();
      const text = await reader.readToBreak();
      expectHelloAndError(text);
      expect(lastError(text)).toMatchObject({ type: "server_error", code: "502" });
    },
  );

  test.concurrent.each(["reset", "close", "finish"] as const)(
    "inside an event, by a %s, breaks off without that half of it",
    async (cut) => {
      await using proxy = startRawProxy();
      const answer = proxy.post(STREAM);
      const asked = await proxy.upstream.next();
      await asked.begin("text/event-stream");
      await asked.chunk(HELLO + textEvent("half").slice(0, -20));
      const reader = readerOf(await answer);
      await reader.readUpTo(HELLO);
      await asked[cut]();
      expectHelloAndError(await reader.readToBreak());
    },
  );

  test.each(["reset", "close", "finish"] as const)(
    "behind its finish, by a %s, is whole and ends cleanly",
    async (cut) => {
      await using proxy = startRawProxy();
      const answer = proxy.post(STREAM);
      const asked = await proxy.upstream.next();
      await asked.begin("text/event-stream");
      await asked.chunk(HELLO + FINISH);
      const reader = readerOf(await answer);
      await reader.readUpTo(FINISH);
      const entry = proxy.nextEntry();
      await asked[cut]();
      expect(await reader.readAll()).toBe(HELLO + FINISH + DONE);
      expect((await atOnce(entry)).outcome).toBe(cut === "finish" ? "relayed" : "tail-lost");
    },
  );

  test("within audio breaks off at once: there is no place for an error", async () => {
    await using proxy = startRawProxy();
    const answer = proxy.post(PLAIN);
    const asked = await proxy.upstream.next();
    await asked.begin("audio/mpeg");
    await asked.chunk("ID3");
    const reader = readerOf(await answer);
    await reader.readUpTo("ID3");
    asked.reset();
    expect(await atOnce(reader.readToBreak())).toBe("ID3");
  });
});

test.each(["never", "failed"])(
  "BREAK_STREAMS=%s says how a failed stream ends, whoever broke it",
  async (policy) => {
    await using proxy = startRawProxy({ BREAK_STREAMS: policy });
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(HELLO);
    const reader = readerOf(await answer);
    await reader.readUpTo(HELLO);
    if (policy === "never") asked.reset();
    else await asked.chunk(eventOf(FAILURE));
    expectHelloAndError(await (policy === "never" ? reader.readAll() : reader.readToBreak()));
  },
);

test("KEEP_COMMENTS=true lets upstream's comments through as they came", async () => {
  await using proxy = startRawProxy({ KEEP_COMMENTS: "true" });
  const answer = proxy.post(STREAM);
  const asked = await proxy.upstream.next();
  await asked.begin("text/event-stream");
  await asked.chunk(COMMENT + HELLO + COMMENT + FINISH + DONE);
  expect(await readerOf(await answer).readAll()).toBe(COMMENT + HELLO + COMMENT + FINISH + DONE);
});

test("where upstream sends comments, the client gets a blank line every KEEP_ALIVE_MS", async () => {
  await using proxy = startRawProxy({ KEEP_ALIVE_MS: "100" });
  const answer = proxy.post(STREAM);
  const asked = await proxy.upstream.next();
  await asked.begin("text/event-stream");
  await asked.chunk(HELLO);
  const reader = readerOf(await answer);
  const comments = setInterval(() => asked.chunk(COMMENT), 20);
  expect(await atOnce(reader.readUpTo(BLANK + BLANK))).toBe(HELLO + BLANK + BLANK);
  clearInterval(comments);
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

/** Nothing but the first event came through, then the error, told twice, and nothing after it. */
function expectHelloAndError(text: string): void {
  expect(text).toStartWith(HELLO);
  expect(text.slice(HELLO.length)).toMatch(/^(data: \{"error":\{.*\}\n\n){2}$/);
}
