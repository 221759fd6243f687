import { expect, test } from "bun:test";
import { connectTo, postBytes } from "../harness/raw-client.ts";
import { PLAIN, startRawProxy, STREAM } from "../harness/raw-proxy.ts";
import { ANSWER, DONE, FINISH, textEvent } from "../harness/stream-events.ts";

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
  const limitMb = Math.ceil(process.memoryUsage.rss() / 2 ** 20) + 200;
  await using proxy = startRawProxy({ MEMORY_LIMIT_MB: String(limitMb) });
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
