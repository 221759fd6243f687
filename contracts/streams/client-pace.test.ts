import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { connectTo, postBytes } from "../harness/raw-client.ts";
import type { RawExchange } from "../harness/raw-upstream.ts";
import { startRawProxy, STREAM } from "../harness/raw-proxy.ts";
import { DONE, FINISH, readerOf, textEvent } from "../harness/stream-events.ts";

// The server breaks a connection off after about four seconds, so that a test may take five.
setDefaultTimeout(30_000);

/** More than the kernel's buffers of two connections can hold. */
const FLOOD_BYTES = 80 * 2 ** 20;

/** Enough for a slow reader to be busy for seconds. */
const MANY_BYTES = 24 * 2 ** 20;

/** A stall limit that this reader never reaches, and its pace. */
const STALL_MS = 2000;
const BYTES_PER_SECOND = 4 * 2 ** 20;

/** An event of 64 KiB. */
const LARGE = textEvent("x".repeat(65_536));

describe("a client that stops reading", () => {
  test("is let go after CLIENT_STALL_TIMEOUT_MS, and its upstream freed", async () => {
    await using proxy = startRawProxy({ CLIENT_STALL_TIMEOUT_MS: "200" });
    using client = await connectTo(proxy.url);
    client.send(postBytes(STREAM));
    client.pause();
    const asked = await proxy.upstream.next();
    const entry = proxy.nextEntry();
    const sentBytes = await flood(asked);
    await asked.closed;
    expect(sentBytes).toBeLessThan(FLOOD_BYTES);
    expect(await entry).toMatchObject({ rule: "client-stalled", status: 200 });
    client.resume();
    await client.closed;
    // Nothing says that the answer is whole: neither [DONE] nor the last chunk of the body.
    expect(client.received()).not.toContain("[DONE]");
    expect(client.received()).not.toEndWith("\r\n0\r\n\r\n");
  });

  test("is let go, too, in the middle of one large event", async () => {
    await using proxy = startRawProxy({ CLIENT_STALL_TIMEOUT_MS: "200" });
    using client = await connectTo(proxy.url);
    client.send(postBytes(STREAM));
    client.pause();
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    void asked.chunk(textEvent("x".repeat(12 * 2 ** 20)));
    await asked.closed;
  });

  test("does not make upstream's silence meanwhile count", async () => {
    await using proxy = startRawProxy({ STREAM_IDLE_TIMEOUT_MS: "1000" });
    using client = await connectTo(proxy.url);
    client.send(postBytes(STREAM));
    client.pause();
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    // Many events: half of one is no sign of life, and on a busy machine a large one takes long.
    const isFlooding = asked.chunk(LARGE.repeat(192));
    // The control: a client that reads is told of a silence that began later.
    const control = proxy.post(STREAM);
    const silent = await proxy.upstream.next();
    await silent.begin("text/event-stream");
    await silent.chunk(textEvent("Hello"));
    expect(await readerOf(await control).readToBreak()).toContain("STREAM_IDLE_TIMEOUT_MS");
    client.resume();
    await isFlooding;
    await client.receivedUpTo('x"}}]}\n\n');
    await asked.chunk(FINISH + DONE);
    await asked.finish();
    await client.receivedUpTo(FINISH + DONE);
  });
});

describe("a client that reads slowly is not let go, though it takes longer in all", () => {
  test.concurrent("for many events", async () => {
    await using proxy = startRawProxy({ CLIENT_STALL_TIMEOUT_MS: String(STALL_MS) });
    using client = await connectTo(proxy.url);
    client.send(postBytes(STREAM));
    client.slowDown(BYTES_PER_SECOND);
    const startedAt = performance.now();
    const asked = await proxy.upstream.next();
    expect(await flood(asked, MANY_BYTES)).toBeGreaterThanOrEqual(MANY_BYTES);
    await asked.chunk(FINISH + DONE);
    await asked.finish();
    await client.receivedUpTo(DONE);
    expect(client.receivedBytes()).toBeGreaterThan(MANY_BYTES);
    expect(performance.now() - startedAt).toBeGreaterThan(STALL_MS);
  });

  test.concurrent("for one large event", async () => {
    await using proxy = startRawProxy({ CLIENT_STALL_TIMEOUT_MS: String(STALL_MS) });
    using client = await connectTo(proxy.url);
    client.send(postBytes(STREAM));
    client.slowDown(BYTES_PER_SECOND);
    const startedAt = performance.now();
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(textEvent("x".repeat(12 * 2 ** 20)));
    await client.receivedUpTo('x"}}]}\n\n');
    expect(performance.now() - startedAt).toBeGreaterThan(STALL_MS);
    // Sent only now: once an answer is whole, the server's own idle limit replaces Candor's.
    await asked.chunk(FINISH + DONE);
    await asked.finish();
    await client.receivedUpTo(DONE);
  });
});

/** Begins a stream and writes large events until the connection is closed, or all are written. */
async function flood(asked: RawExchange, limit = FLOOD_BYTES): Promise<number> {
  let sentBytes = 0;
  await asked.begin("text/event-stream");
  while (asked.isOpen() && sentBytes < limit) {
    await asked.chunk(LARGE);
    sentBytes += LARGE.length;
  }
  return sentBytes;
}
