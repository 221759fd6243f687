import { expect, test } from "bun:test";
import { constants, createGzip } from "node:zlib";
import { connectTo, postBytes } from "../harness/raw-client.ts";
import { PLAIN, type RawProxy, startRawProxy, STREAM } from "../harness/raw-proxy.ts";
import { ANSWER, DONE, eventOf, FAILURE, FINISH, textEvent } from "../harness/stream-events.ts";

test("upstream is asked not to compress, whatever the client takes", async () => {
  await using proxy = startRawProxy();
  const answer = proxy.post(PLAIN, { headers: { "accept-encoding": "gzip, br, zstd" } });
  const asked = await proxy.upstream.next();
  await asked.json(ANSWER);
  await answer;
  expect(asked.request.headers.get("accept-encoding")).toBe("identity");
});

test.each([
  ["gzip", Bun.gzipSync],
  ["deflate", Bun.deflateSync],
  ["zstd", Bun.zstdCompressSync],
])("a failed answer in %s is decoded and judged", async (coding, compress) => {
  await using proxy = startRawProxy();
  const head = await answerTo(PLAIN, proxy, coding, "application/json", [
    compress(Buffer.from(JSON.stringify(FAILURE))),
  ]);
  expect(head).toStartWith("HTTP/1.1 429 ");
  expect(head).toContain('"message":"Slow down"');
});

test("a healthy answer in gzip reaches the client decoded, under its own length", async () => {
  await using proxy = startRawProxy();
  const bytes = Bun.gzipSync(Buffer.from(ANSWER));
  const answer = await answerTo(PLAIN, proxy, "gzip", "application/json", [bytes], ANSWER);
  expect(answer).toStartWith("HTTP/1.1 200 ");
  expect(answer).not.toMatch(/content-encoding/i);
  expect(answer.match(/^content-length: .*$/gim)).toEqual([`Content-Length: ${ANSWER.length}`]);
});

test("an error in the first event of a gzip stream becomes JSON with its status", async () => {
  await using proxy = startRawProxy();
  const bytes = gzipBitByBit([": hold on\n\n", eventOf(FAILURE)]);
  const answer = await answerTo(STREAM, proxy, "gzip", "text/event-stream", await bytes);
  expect(answer).toStartWith("HTTP/1.1 429 ");
  expect(answer).toMatch(/^content-type: application\/json\r$/im);
});

test("a healthy gzip stream reaches the client decoded, event by event", async () => {
  await using proxy = startRawProxy();
  using client = await connectTo(proxy.url);
  client.send(postBytes(STREAM));
  const asked = await proxy.upstream.next();
  const [first = Buffer.alloc(0), ...rest] = await gzipBitByBit([textEvent("Hello"), FINISH, DONE]);
  await asked.begin("text/event-stream", { "content-encoding": "gzip" });
  await asked.chunk(first);
  // The rest is not even sent before the client has the first event.
  const head = await client.receivedUpTo(textEvent("Hello"));
  expect(head).not.toMatch(/content-(encoding|length)/i);
  for (const bytes of rest) await asked.chunk(bytes);
  await asked.finish();
  expect(await client.receivedUpTo("\r\n0\r\n\r\n")).toContain(FINISH);
});

test("a body in a coding that cannot be decoded keeps its content-encoding", async () => {
  await using proxy = startRawProxy();
  using client = await connectTo(proxy.url);
  client.send("GET /v1/files/a/content HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const asked = await proxy.upstream.next();
  await asked.begin("application/octet-stream", { "content-encoding": "gzip, br" });
  await asked.chunk("coded twice");
  await asked.finish();
  const answer = await client.receivedUpTo("coded twice");
  expect(answer).toMatch(/^content-encoding: gzip, br\r$/im);
});

test("a gzip answer that is damaged becomes a 502", async () => {
  await using proxy = startRawProxy();
  const bytes = Bun.gzipSync(Buffer.from(ANSWER)).fill(0, 10);
  const answer = await answerTo(PLAIN, proxy, "gzip", "application/json", [bytes]);
  expect(answer).toStartWith("HTTP/1.1 502 ");
});

/** What a client sees, up to some text, where upstream answers with these compressed chunks. */
async function answerTo(
  body: string,
  proxy: RawProxy,
  coding: string,
  contentType: string,
  chunks: Uint8Array[],
  upTo = "}}",
): Promise<string> {
  using client = await connectTo(proxy.url);
  client.send(postBytes(body));
  const asked = await proxy.upstream.next();
  await asked.begin(contentType, { "content-encoding": coding });
  for (const chunk of chunks) await asked.chunk(chunk);
  await asked.finish();
  return await client.receivedUpTo(upTo);
}

/** Each text as compressed bytes that can be decoded without those of the next one. */
async function gzipBitByBit(texts: string[]): Promise<Buffer[]> {
  const gzip = createGzip();
  const pieces: Buffer[] = [];
  let unread: Buffer[] = [];
  gzip.on("data", (bytes: Buffer) => unread.push(bytes));
  for (const text of texts) {
    gzip.write(text);
    const { promise, resolve } = Promise.withResolvers<void>();
    gzip.flush(constants.Z_SYNC_FLUSH, () => resolve());
    await promise;
    pieces.push(Buffer.concat(unread));
    unread = [];
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  gzip.on("end", resolve);
  gzip.end();
  await promise;
  return [...pieces, Buffer.concat(unread)];
}
