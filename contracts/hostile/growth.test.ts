import { describe, expect, test } from "bun:test";
import { BODIES } from "../../bench/hostile/growth/bodies.ts";
import { HEADS, LIFTED } from "../../bench/hostile/growth/heads.ts";
import type { Payload, Sent } from "../../bench/hostile/growth/payload.ts";
import { STREAMS } from "../../bench/hostile/growth/streams.ts";
import { appOf } from "../harness/app.ts";
import { configure, readBody } from "../harness/ways.ts";

/** `bun run bench:hostile` measures these, and many more, up to the limits. */
const BODY_CASES = [
  "names that differ",
  "texts that differ",
  "answer: texts that differ",
  "error 200: one text of escapes",
  "error 200: empty objects",
  "error 200: names that differ",
  "error 200: metadata.headers that differ",
  "error 500: events",
  "untyped answer: one long comment before an answer",
  "untyped answer: comment lines before an answer",
  "answer called a stream: open brackets",
  "untyped answer: white space before an answer",
  "held: stray lines of one event",
  "held: stray lines and fields by turns",
  "held: data lines of one event",
  "held: comment lines of one event",
  "held: blank lines",
  "held: carriage returns",
  "relayed: one event of empty objects",
  "relayed: one event with a null error",
  "relayed: an error of escapes",
];
const HEAD_CASES = [
  "head of an error: no Proxy-Status list",
  "head of an error: a Connection list that differs",
  "head: a content type of commas",
  "head of an error: a Retry-After that begins as a date",
];

const PAYLOADS = [...BODIES, ...LIFTED, ...STREAMS, ...HEADS];
const SMALL = 250_000;
const FACTOR = 4;

/** Small ones: what is looked at again with every chunk shows. */
const CHUNK_BYTES = 4096;

/** A little work takes no time that could be compared. */
const LEAST_MS = 15;

/** What is linear takes FACTOR times as long; what goes by the square, FACTOR times that. */
const MOST_GROWTH = 2.5 * FACTOR;

/** In chunks as a socket would give them. */
function chunked(body: string | Uint8Array): ReadableStream<Uint8Array> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  let start = 0;
  return new ReadableStream({
    pull(controller) {
      if (start >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(start, start + CHUNK_BYTES));
      start += CHUNK_BYTES;
    },
  });
}

/** The processor time that one attack takes, in milliseconds: a busy machine does not prolong it. */
async function cpuMsOf({ side }: Payload, sent: Sent): Promise<number> {
  const { status = 200, fields = [], body } = sent;
  const isRequest = side === "request";
  const config = configure({ OPENROUTER_API_KEY: "held-key-of-some-length", STREAM_TAIL_MS: "1" });
  const send = async () =>
    isRequest
      ? Response.json({ choices: [{ message: { content: "Hi" } }] })
      : new Response(chunked(body), { status, headers: fields });
  const app = appOf(config, send);
  const asked = JSON.stringify({
    messages: [{ role: "user", content: "Hi" }],
    stream: side === "stream",
  });
  const headers = { host: "localhost", "content-type": "application/json" };
  const request = new Request("http://localhost/proxy", {
    method: "POST",
    headers,
    body: isRequest ? body : asked,
  });
  const before = process.cpuUsage();
  const response = await app.handle(request);
  await readBody(response);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The least of some runs: garbage of others is collected in the rest. */
async function leastMs(payload: Payload, size: number): Promise<number> {
  const sent = payload.make(size);
  const times: number[] = [];
  for (let run = 0; run < 3; run++) times.push(await cpuMsOf(payload, sent));
  return Math.min(...times);
}

function payloadOf(name: string): Payload {
  const payload = PAYLOADS.find((one) => one.name === name);
  if (payload === undefined) throw new Error(`There is no attack ${name}.`);
  return payload;
}

describe("the processor time grows with the size, and no faster, of", () => {
  test.each([...BODY_CASES, ...HEAD_CASES])(
    "%s",
    async (name) => {
      const payload = payloadOf(name);
      const small = await leastMs(payload, SMALL);
      const large = await leastMs(payload, SMALL * FACTOR);
      expect(large).toBeLessThan(MOST_GROWTH * Math.max(small, LEAST_MS));
    },
    60_000,
  );
});
