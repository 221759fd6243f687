import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import type { ServerHttp2Stream } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildBinary, startBinary } from "../harness/candor-binary.ts";
import { startHttp2Upstream } from "../harness/http2-upstream.ts";
import { PLAIN, postTo, STREAM } from "../harness/raw-proxy.ts";
import { ANSWER, DONE, FINISH, readerOf, textEvent } from "../harness/stream-events.ts";
import { startTlsUpstream } from "../harness/tls-upstream.ts";

const REQUESTS = 20;
/** A broken answer ends with one of the runtime's timers, which tick every four seconds. */
const BREAK_MS = 20_000;
const JSON_HEAD = { ":status": 200, "content-type": "application/json" };
const STREAM_HEAD = { ":status": 200, "content-type": "text/event-stream" };

let folder: string;

beforeAll(async () => {
  await buildBinary();
  folder = await mkdtemp(join(tmpdir(), "candor-http2-"));
}, 60_000);

afterAll(() => rm(folder, { recursive: true }));

test("with UPSTREAM_HTTP2, requests at once share one connection to upstream", async () => {
  await using started = await startBoth();
  const { upstream, candor } = started;
  const answers = Array.from({ length: REQUESTS }, () => postTo(candor.url, PLAIN));
  const streams: ServerHttp2Stream[] = [];
  while (streams.length < REQUESTS) streams.push(await upstream.next());
  for (const stream of streams) {
    stream.respond(JSON_HEAD);
    stream.end(ANSWER);
  }
  for (const answer of await Promise.all(answers)) expect(await answer.text()).toBe(ANSWER);
  expect(upstream.connections()).toBe(1);
});

test("with UPSTREAM_HTTP2, an upstream without HTTP/2 is asked over HTTP/1.1", async () => {
  await using old = await startTlsUpstream();
  await using candor = await startTrusting(old);
  expect(await (await postTo(candor.url, PLAIN)).text()).toBe(ANSWER);
});

test(
  "over HTTP/2, a stream that upstream resets after its first words breaks for its client alone",
  async () => {
    await using started = await startBoth();
    const { upstream, candor } = started;
    const [broken, whole] = [postTo(candor.url, STREAM), postTo(candor.url, STREAM)];
    const [one, other] = [await upstream.next(), await upstream.next()];
    for (const stream of [one, other]) {
      stream.respond(STREAM_HEAD);
      stream.write(textEvent("Hel"));
    }
    const readers = [readerOf(await broken), readerOf(await whole)];
    await Promise.all(readers.map((reader) => reader.readUpTo(textEvent("Hel"))));
    one.destroy(new Error("reset"));
    other.end(FINISH + DONE);
    const ends = await Promise.all(readers.map((reader) => reader.readAll().catch(() => "broken")));
    expect(ends.toSorted()).toEqual(["broken", textEvent("Hel") + FINISH + DONE]);
  },
  BREAK_MS,
);

test("over HTTP/2, a client that leaves resets its stream, and the connection stays", async () => {
  await using started = await startBoth();
  const { upstream, candor } = started;
  const leaving = new AbortController();
  const left = postTo(candor.url, PLAIN, { signal: leaving.signal }).catch(() => "left");
  const stream = await upstream.next();
  const closed = new Promise<void>((resolve) => stream.on("close", resolve));
  leaving.abort();
  expect(await left).toBe("left");
  await closed;
  const answer = postTo(candor.url, PLAIN);
  const next = await upstream.next();
  next.respond(JSON_HEAD);
  next.end(ANSWER);
  expect((await answer).status).toBe(200);
  expect(upstream.connections()).toBe(1);
});

test("over HTTP/2, a POST whose connection breaks before the answer is a 502, and is not sent again", async () => {
  await using started = await startBoth();
  const { upstream, candor } = started;
  const answer = postTo(candor.url, PLAIN);
  (await upstream.next()).session?.destroy();
  expect((await answer).status).toBe(502);
  expect(upstream.posts()).toBe(1);
});

async function startBoth() {
  const own = new AsyncDisposableStack();
  const upstream = own.use(await startHttp2Upstream());
  const candor = own.use(await startTrusting(upstream));
  return { upstream, candor, [Symbol.asyncDispose]: () => own.disposeAsync() };
}

async function startTrusting({ port, authority }: { port: number; authority: string }) {
  const file = join(folder, `${port}.pem`);
  await Bun.write(file, authority);
  const OPENROUTER_BASE_URL = `https://127.0.0.1:${port}/api/v1`;
  const environment = { OPENROUTER_BASE_URL, NODE_EXTRA_CA_CERTS: file, UPSTREAM_HTTP2: "true" };
  return startBinary({ environment });
}
