import { expect, test } from "bun:test";
import type { Log } from "../../src/observe/log.ts";
import type { ExchangeRecord } from "../../src/observe/record.ts";
import { HELLO, withCandor } from "../harness/candor.ts";
import { startRawProxy } from "../harness/raw-proxy.ts";
import { DONE, FINISH, textEvent } from "../harness/stream-events.ts";
import { CHAT } from "../harness/ways.ts";

/** A log that keeps its entries, and says when the next one comes. */
function keepingLog(): Log & { entries: ExchangeRecord[]; next: () => Promise<ExchangeRecord> } {
  const entries: ExchangeRecord[] = [];
  let arrived = Promise.withResolvers<ExchangeRecord>();
  return {
    entries,
    next: () => arrived.promise,
    end(entry) {
      entries.push(entry);
      arrived.resolve(entry);
      arrived = Promise.withResolvers();
    },
    info() {},
    warn() {},
    error() {},
    async flush() {},
  };
}

const answer = (name: string) => () => CHAT.get(name)?.response;
const STREAM = JSON.stringify({ ...JSON.parse(HELLO), stream: true });

test("a plain exchange is one entry, with both statuses and the reason", async () => {
  const log = keepingLog();
  await withCandor({ log, answer: answer("200-error-only-with-id") }, async (candor) => {
    await candor.post(HELLO, { "x-request-id": "req_1" });
  });
  expect(log.entries).toEqual([
    {
      method: "POST",
      path: "/proxy",
      route: "/proxy",
      client: "127.0.0.1",
      requestId: "req_1",
      model: "openai/gpt-4o-mini",
      stream: false,
      at: expect.any(Number),
      state: "over",
      outcome: "repaired",
      upstreamStatus: 200,
      form: "json",
      status: 502,
      rule: "error-in-body",
      trueStatus: 502,
      claim: "error.code: 502",
      code: "provider_unavailable",
      message: expect.any(String),
      facts: { generationId: "gen-1748372404-ErRoR000000000000001" },
      decidedAt: { event: undefined, start: 0, end: expect.any(Number) },
      comments: 0,
      bytes: expect.any(Number),
      sentMs: expect.any(Number),
      upstreamMs: expect.any(Number),
      heldMs: expect.any(Number),
      firstByteMs: expect.any(Number),
      lastByteMs: expect.any(Number),
      ms: expect.any(Number),
    },
  ]);
});

test("times are counted from the request: to upstream's header fields, then to the status", async () => {
  await using proxy = startRawProxy();
  const entry = proxy.nextEntry();
  const response = proxy.post(STREAM);
  const asked = await proxy.upstream.next();
  await Bun.sleep(30);
  await asked.begin("text/event-stream");
  await asked.chunk(": hold on\n\n");
  await Bun.sleep(60);
  await asked.chunk(textEvent("Hi") + FINISH + DONE);
  await (await response).text();
  const { upstreamMs = 0, heldMs = 0, ms = 0 } = await entry;
  expect(upstreamMs).toBeGreaterThan(29);
  expect(heldMs).toBeGreaterThan(0);
  // The sum does not depend on when the header fields were read.
  expect(upstreamMs + heldMs).toBeGreaterThan(89);
  expect(ms).toBeGreaterThanOrEqual(upstreamMs + heldMs);
});

test("of a long path, only the beginning is kept", async () => {
  const log = keepingLog();
  await withCandor({ log }, async ({ url }) => {
    await fetch(`${url}/v1/${"x".repeat(10_000)}`, { method: "OPTIONS" });
  });
  expect(log.entries[0]?.path).toBe(`/v1/${"x".repeat(196)}`);
});

test("a stream is one entry, written at its end, with the bytes that went out", async () => {
  const log = keepingLog();
  await withCandor({ log, answer: answer("stream-429-after-content") }, async (candor) => {
    const next = log.next();
    const response = await candor.post(STREAM);
    const { length } = await response.bytes();
    expect(await next).toMatchObject({
      stream: true,
      status: 200,
      rule: "error-in-event",
      bytes: length,
      facts: { generationId: "gen-abc123" },
    });
  });
  expect(log.entries).toHaveLength(1);
});

test("a stream that came in one piece has its status in the entry as well", async () => {
  const log = keepingLog();
  const whole = CHAT.get("stream-success")?.response.chunks.map(
    (chunk) => "text" in chunk && chunk.text,
  );
  const chunks = [{ at: 0, text: whole?.join("") ?? "" }];
  const headers: [string, string][] = [["content-type", "text/event-stream"]];
  const response = { status: 200, headers, chunks, end: "closed" as const };
  await withCandor({ log, answer: () => response }, async (candor) => {
    await (await candor.post(STREAM)).bytes();
  });
  expect(log.entries).toMatchObject([{ status: 200, upstreamStatus: 200, stream: true }]);
});

test("a key that upstream quotes reaches neither the client, plain or in band, nor the log", async () => {
  const error = { message: "No credit for test-key", code: 402, metadata: { raw: "test-key" } };
  const log = keepingLog();
  const text = { choices: [{ index: 0, delta: { content: "Hi" } }] };
  const events = [text, { error }].map((data) => `data: ${JSON.stringify(data)}\n\n`);
  const answers: [string, string[]][] = [
    ["application/json", [JSON.stringify({ id: "test-key", error })]],
    ["text/event-stream", events],
  ];
  for (const [contentType, texts] of answers) {
    const headers: [string, string][] = [["content-type", contentType]];
    if (contentType === "application/json") headers.push(["x-echo", "Bearer test-key"]);
    const chunks = texts.map((chunk, index) => ({ at: index, text: chunk }));
    const response = { status: 200, headers, chunks, end: "closed" as const };
    await withCandor({ log, answer: () => response }, async (candor) => {
      const answered = await candor.post(contentType === "application/json" ? HELLO : STREAM);
      const seen = await answered.text();
      expect(seen).toContain("No credit for [key]");
      expect(seen + JSON.stringify([...answered.headers])).not.toContain("test-key");
    });
  }
  expect(JSON.stringify(log.entries)).not.toContain("test-key");
  expect(log.entries[0]?.facts.generationId).toBe("[key]");
});

test("a healthy exchange has no rule", async () => {
  const log = keepingLog();
  await withCandor({ log }, async (candor) => {
    await candor.post(HELLO);
  });
  expect(log.entries.map(({ status, rule }) => [status, rule])).toEqual([[200, undefined]]);
});

test("a refused request and an unknown path are entries too, a probe is not", async () => {
  const log = keepingLog();
  await withCandor({ log }, async (candor) => {
    await candor.post("{}");
    await Bun.fetch(`${candor.url}/nowhere?key=secret`);
    await Bun.fetch(`${candor.url}/healthz`);
  });
  const shown = log.entries.map(({ path, status, rule }) => [path, status, rule]);
  expect(shown).toEqual([
    ["/proxy", 400, "bad-body"],
    ["/nowhere", 404, "unknown-path"],
  ]);
  expect(log.entries.map(({ ms }) => ms)).toEqual([expect.any(Number), expect.any(Number)]);
});
