import { describe, expect, test } from "bun:test";
import { HELLO, startCandor } from "../harness/candor.ts";
import {
  chunk,
  expectService,
  forwarded,
  LAST_CHUNK,
  LENGTH,
  outcomeOf,
  post,
  postChunked,
} from "../harness/hostile-client.ts";
import { connectTo, postBytes } from "../harness/raw-client.ts";
import { atOnce, PLAIN, startRawProxy, STREAM } from "../harness/raw-proxy.ts";
import { ANSWER, textEvent } from "../harness/stream-events.ts";

/** A chunk of 64 KiB, to send over and over. */
const LARGE_CHUNK = chunk("x".repeat(65_536));

describe("a body larger than MAX_BODY_BYTES that is sent whatever is said gets its 413", () => {
  const endless: [framing: string, line: string, bytes: string][] = [
    ["of a declared length", "content-length: 1000000000000", "x".repeat(65_536)],
    ["in chunks", "transfer-encoding: chunked", LARGE_CHUNK],
  ];
  test.each(endless)("%s", async (_, line, bytes) => {
    await using candor = startCandor({ settings: { MAX_BODY_BYTES: "1000" } });
    using client = await connectTo(candor.url);
    client.send(post([line]));
    client.flood(bytes);
    expect(await atOnce(client.receivedUpTo("(MAX_BODY_BYTES)"))).toStartWith("HTTP/1.1 413 ");
    await expectService(candor);
    expect(forwarded(candor)).toEqual([]);
  });
});

test("a body that comes byte by byte has REQUEST_TIMEOUT_MS in all, and then gets its 408", async () => {
  await using candor = startCandor({ settings: { REQUEST_TIMEOUT_MS: "200" } });
  using client = await connectTo(candor.url);
  client.send(post(["transfer-encoding: chunked"]));
  const dribble = setInterval(() => client.send(chunk("x")), 20);
  const startedAt = performance.now();
  await atOnce(client.receivedUpTo("(REQUEST_TIMEOUT_MS)"));
  clearInterval(dribble);
  expect(performance.now() - startedAt).toBeGreaterThan(150);
  expect(outcomeOf(client).statuses).toEqual([408]);
  await expectService(candor);
  expect(forwarded(candor)).toEqual([]);
});

test("a body in chunks of one byte goes upstream whole", async () => {
  const content = "x".repeat(20_000);
  const body = JSON.stringify({ messages: [{ role: "user", content }] });
  await using candor = startCandor();
  using client = await connectTo(candor.url);
  client.send(postChunked([...body].map(chunk).join("") + LAST_CHUNK));
  await client.receivedUpTo("\r\n\r\n{");
  expect(forwarded(candor)).toEqual([{ asked: "POST /chat/completions", body }]);
});

describe("Expect: 100-continue", () => {
  const EXPECT = "expect: 100-continue";

  test("is answered, and then the body", async () => {
    await using candor = startCandor();
    using client = await connectTo(candor.url);
    client.send(post([EXPECT, LENGTH]));
    await client.receivedUpTo("HTTP/1.1 100 Continue\r\n\r\n");
    client.send(HELLO);
    await client.receivedUpTo("\r\n\r\n{");
    expect(outcomeOf(client).statuses).toEqual([100, 200]);
    expect(forwarded(candor)).toEqual([{ asked: "POST /chat/completions", body: HELLO }]);
    expect(candor.received[0]?.headers.get("expect")).toBeNull();
  });

  // Bun says 100 before anybody is asked, so the refusal comes behind it.
  test.each([
    ["too large", "/proxy", "content-length: 1001", 413],
    ["for nobody", "/nowhere", "content-length: 10", 404],
  ])("with a body that is %s is refused without the body", async (_, path, line, status) => {
    await using candor = startCandor({ settings: { MAX_BODY_BYTES: "1000" } });
    using client = await connectTo(candor.url);
    client.send(post([EXPECT, line], "", `POST ${path} HTTP/1.1`));
    await client.receivedUpTo("}}");
    expect(outcomeOf(client).statuses).toEqual([100, status]);
    expect(forwarded(candor)).toEqual([]);
  });
});

describe("requests that do not wait for their turn", () => {
  const refused: [name: string, bytes: string][] = [
    ["probes", post([], "", "GET /healthz HTTP/1.1")],
    ["requests for nothing", post([], "", "GET /nowhere HTTP/1.1")],
    ["requests with a wrong method", post([], "", "GET /proxy HTTP/1.1")],
    ["requests that are no JSON", post(["content-length: 1"], "x")],
  ];
  test.each(refused)("%s without end do not keep an honest client waiting", async (_, bytes) => {
    await using candor = startCandor();
    using client = await connectTo(candor.url);
    client.flood(bytes.repeat(1000));
    await expectService(candor);
    await atOnce(client.closed);
    expect(outcomeOf(client).statuses).toEqual([]);
  });

  test("end the connection, and the exchange that is open, so that no answer can be mixed up", async () => {
    await using proxy = startRawProxy();
    using client = await connectTo(proxy.url);
    client.send(postBytes(STREAM));
    const asked = await proxy.upstream.next();
    const entry = proxy.nextEntry();
    client.send(postBytes(PLAIN));
    await atOnce(Promise.all([client.closed, asked.closed]));
    expect(await atOnce(entry)).toMatchObject({ rule: "client-gone" });
    expect(proxy.upstream.count()).toBe(1);
    expect(client.received()).toBe("");
  });

  test("do not disturb the answers of others", async () => {
    await using proxy = startRawProxy();
    const honest = proxy.post(PLAIN);
    const asked = await proxy.upstream.next();
    using client = await connectTo(proxy.url);
    client.send(postBytes(STREAM) + postBytes(PLAIN));
    await atOnce(client.closed);
    await asked.json(ANSWER);
    expect(await (await honest).text()).toBe(ANSWER);
  });
});

describe("a client that says at once that it will send nothing more", () => {
  test("has left, as far as Bun can tell: its upstream is freed", async () => {
    await using proxy = startRawProxy();
    using client = await connectTo(proxy.url);
    client.send(postBytes(STREAM));
    const asked = await proxy.upstream.next();
    await asked.begin("text/event-stream");
    await asked.chunk(textEvent("Hello"));
    await client.receivedUpTo(textEvent("Hello"));
    client.halfClose();
    await atOnce(Promise.all([client.closed, asked.closed]));
  });
});
