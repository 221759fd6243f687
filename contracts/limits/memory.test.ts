import { expect, setDefaultTimeout, test } from "bun:test";
import { connectTo, postBytes } from "../harness/raw-client.ts";
import { PLAIN, startRawProxy, STREAM } from "../harness/raw-proxy.ts";
import { ANSWER, DONE, FINISH, textEvent } from "../harness/stream-events.ts";

// On a busy machine, so many bytes take longer than the default.
setDefaultTimeout(30_000);

/** Less than this process has. */
const SMALL = { MEMORY_LIMIT_MB: "64" };

test("beyond MEMORY_LIMIT_MB a request beside another is a 503 that may come again in a second", async () => {
  await using proxy = startRawProxy(SMALL);
  const open = proxy.post(STREAM);
  const asked = await proxy.upstream.next();
  await asked.begin("text/event-stream");
  await asked.chunk(textEvent("Hello"));
  const refused = await proxy.post(PLAIN);
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(refused.headers.get("x-should-retry")).toBe("true");
  expect(await refused.json()).toMatchObject({
    error: { message: expect.stringContaining("MEMORY_LIMIT_MB"), code: "proxy_overloaded" },
  });
  expect(proxy.upstream.count()).toBe(1);

  // What is open goes on, and the next one that is alone is let in.
  await asked.chunk(FINISH + DONE);
  await asked.finish();
  expect(await (await open).text()).toBe(textEvent("Hello") + FINISH + DONE);
  const next = proxy.post(PLAIN);
  await (await proxy.upstream.next()).json(ANSWER);
  expect((await next).status).toBe(200);
});

test("a probe is answered whatever the memory", async () => {
  await using proxy = startRawProxy(SMALL);
  const leaving = new AbortController();
  const open = proxy.post(STREAM, { signal: leaving.signal }).catch(() => "left");
  await proxy.upstream.next();
  expect((await Bun.fetch(`${proxy.url}/healthz`)).status).toBe(200);
  leaving.abort();
  expect(await open).toBe("left");
});

test("below the limit requests stand beside each other", async () => {
  await using proxy = startRawProxy({ MEMORY_LIMIT_MB: "1000000" });
  const answers = [proxy.post(PLAIN), proxy.post(PLAIN)];
  for (const exchange of [await proxy.upstream.next(), await proxy.upstream.next()]) {
    await exchange.json(ANSWER);
  }
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
});

test("the bodies that are being received count, before they take any memory", async () => {
  await using proxy = startRawProxy(roomFor(200));
  using one = await connectTo(proxy.url);
  // 30 MB that are announced, and do not come.
  one.send(postBytes("", { "content-length": "30000000" }));
  // It has arrived once a request behind it is answered.
  await Bun.fetch(`${proxy.url}/healthz`);
  using another = await connectTo(proxy.url);
  another.send(postBytes("", { "content-length": "30000000" }));
  expect(await another.receivedUpTo("}}")).toStartWith("HTTP/1.1 503 ");
  const small = proxy.post(PLAIN);
  await (await proxy.upstream.next()).json(ANSWER);
  expect((await small).status).toBe(200);
});

/** How much more than now this process may take, as a setting. */
function roomFor(megabytes: number): Record<string, string> {
  // What other tests left behind would be freed later, and leave more room than that.
  Bun.gc(true);
  return { MEMORY_LIMIT_MB: String(Math.ceil(process.memoryUsage.rss() / 2 ** 20) + megabytes) };
}

const JSON_TYPE = { "content-type": "application/json" };

test("so do bodies of unknown length, as they come", async () => {
  await using proxy = startRawProxy(roomFor(100));
  using one = await connectTo(proxy.url);
  one.send(postBytes("", { "content-length": "20000000" }));
  await Bun.fetch(`${proxy.url}/healthz`);
  const pieces = Array.from({ length: 31 }, () => new Uint8Array(1_000_000)).values();
  const body = new ReadableStream({
    pull(controller) {
      const { value, done } = pieces.next();
      return done ? controller.close() : controller.enqueue(value);
    },
  });
  const request = { method: "POST", headers: JSON_TYPE, body };
  expect((await Bun.fetch(`${proxy.url}/proxy`, request)).status).toBe(503);
});

test("so do compressed ones, as they are decoded", async () => {
  await using proxy = startRawProxy(roomFor(100));
  using one = await connectTo(proxy.url);
  one.send(postBytes("", { "content-length": "20000000" }));
  await Bun.fetch(`${proxy.url}/healthz`);
  const headers = { ...JSON_TYPE, "content-encoding": "gzip" };
  const body = Bun.gzipSync(new Uint8Array(31_000_000));
  const request = { method: "POST", headers, body };
  expect((await Bun.fetch(`${proxy.url}/proxy`, request)).status).toBe(503);
});

test("what is counted for a body is free again behind it", async () => {
  await using proxy = startRawProxy(roomFor(700));
  const leaving = new AbortController();
  const other = proxy.post(STREAM, { signal: leaving.signal }).catch(() => "left");
  await proxy.upstream.next();
  const large = new Uint8Array(30_000_000).fill(32);
  for (let times = 0; times < 8; times += 1) {
    const request = { method: "POST", headers: JSON_TYPE, body: large };
    expect((await Bun.fetch(`${proxy.url}/proxy`, request)).status).toBe(400);
  }
  leaving.abort();
  expect(await other).toBe("left");
});

test("where memory gets short, a client that does not read is let go within seconds, one that reads is not", async () => {
  await using proxy = startRawProxy(roomFor(200));
  const reading = proxy.post(STREAM);
  const quiet = await proxy.upstream.next();
  await quiet.begin("text/event-stream");
  await quiet.chunk(textEvent("Hello"));
  using stalled = await connectTo(proxy.url);
  stalled.send(postBytes(STREAM));
  stalled.pause();
  const flood = await proxy.upstream.next();
  const entry = proxy.nextEntry();
  await flood.begin("text/event-stream");
  const large = textEvent("x".repeat(65_536));
  const flooding = (async () => {
    while (flood.isOpen()) await flood.chunk(large);
  })();
  const others = new Uint8Array(400 * 2 ** 20).fill(1);
  expect(await entry).toMatchObject({ rule: "client-stalled", status: 200 });
  await flooding;
  await quiet.chunk(FINISH + DONE);
  await quiet.finish();
  expect(await (await reading).text()).toBe(textEvent("Hello") + FINISH + DONE);
  expect(others).toHaveLength(400 * 2 ** 20);
});
