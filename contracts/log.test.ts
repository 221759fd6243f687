import { expect, test } from "bun:test";
import type { Log, LogEntry } from "../src/access-log.ts";
import { CHAT } from "./ways.ts";
import { HELLO, withCandor } from "./candor.ts";

/** A log that keeps its entries, and says when the next one comes. */
function keepingLog(): Log & { entries: LogEntry[]; next: () => Promise<LogEntry> } {
  const entries: LogEntry[] = [];
  let arrived = Promise.withResolvers<LogEntry>();
  return {
    entries,
    next: () => arrived.promise,
    exchange(entry) {
      entries.push(entry);
      arrived.resolve(entry);
      arrived = Promise.withResolvers();
    },
    info() {},
    error() {},
    flush() {},
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
      requestId: "req_1",
      model: "openai/gpt-4o-mini",
      stream: false,
      upstreamStatus: 200,
      status: 502,
      rule: "error-in-body",
      generationId: "gen-1748372404-ErRoR000000000000001",
      bytes: expect.any(Number),
      arrivedAt: expect.any(Number),
      upstreamMs: expect.any(Number),
      heldMs: expect.any(Number),
      ms: expect.any(Number),
    },
  ]);
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
      generationId: "gen-abc123",
    });
  });
  expect(log.entries).toHaveLength(1);
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
});
