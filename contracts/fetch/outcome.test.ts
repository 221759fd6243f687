import { setImmediate } from "node:timers/promises";
import { expect, test } from "bun:test";
import type { Outcome } from "../../src/fetch/truthful-fetch.ts";
import { HELLO_EVENT, STOP_EVENT, startRawFetch } from "./raw-fetch.ts";

const RATE_LIMIT = '{"error":{"code":429,"message":"Slow down"}}';

test("onOutcome is told of a failure that upstream hid, once it is over", async () => {
  const { onOutcome, next } = listen();
  using raw = startRawFetch({ onOutcome });
  const answer = raw.chat();
  await (await raw.upstream.next()).json(RATE_LIMIT);
  await answer;
  expect(await next).toMatchObject({
    method: "POST",
    url: raw.url,
    upstreamStatus: 200,
    status: 429,
    failure: { rule: "error-in-body", status: 429, message: "Slow down" },
    isInBand: false,
    ending: "whole",
  });
});

test("onOutcome is told of a failure in band with its true status", async () => {
  const { onOutcome, next } = listen();
  using raw = startRawFetch({ onOutcome });
  const answer = raw.chat();
  const exchange = await raw.upstream.next();
  await exchange.begin("text/event-stream");
  await exchange.chunk(`${HELLO_EVENT}data: ${RATE_LIMIT}\n\n`);
  await (await answer).text();
  expect(await next).toMatchObject({
    status: 200,
    failure: { rule: "error-in-event", status: 429 },
    isInBand: true,
    ending: "failed",
  });
});

test("onOutcome is told what upstream says beside a healthy answer", async () => {
  const { onOutcome, next } = listen();
  using raw = startRawFetch({ onOutcome });
  const answer = raw.chat();
  const exchange = await raw.upstream.next();
  await exchange.begin("text/event-stream", { "x-generation-id": "gen-1" });
  await exchange.chunk(HELLO_EVENT + STOP_EVENT);
  await exchange.chunk("data: [DONE]\n\n");
  await exchange.finish();
  await (await answer).text();
  const outcome = await next;
  expect(outcome).toMatchObject({ status: 200, failure: undefined, ending: "whole" });
  expect(outcome.facts.generationId).toBe("gen-1");
  expect(outcome.answeredMs).toBeLessThanOrEqual(outcome.ms);
});

test("onOutcome is told of an abort while a stream is held", async () => {
  const { onOutcome, next } = listen();
  const headersCame = Promise.withResolvers<void>();
  const fetchAndTell = async (...call: Parameters<typeof fetch>) => {
    const response = await fetch(...call);
    headersCame.resolve();
    return response;
  };
  using raw = startRawFetch({ onOutcome, fetch: Object.assign(fetchAndTell, fetch) });
  const caller = new AbortController();
  const answer = raw.chat({ signal: caller.signal });
  answer.catch(() => {});
  const exchange = await raw.upstream.next();
  await exchange.begin("text/event-stream");
  await exchange.chunk(": OPENROUTER PROCESSING\n\n");
  await headersCame.promise;
  await setImmediate();
  caller.abort();
  expect(await next).toMatchObject({ status: undefined, ending: "client-left" });
});

test("onOutcome is told of an abort while a stream is read", async () => {
  const { onOutcome, next } = listen();
  using raw = startRawFetch({ onOutcome });
  const caller = new AbortController();
  const answer = raw.chat({ signal: caller.signal });
  const exchange = await raw.upstream.next();
  await exchange.begin("text/event-stream");
  await exchange.chunk(HELLO_EVENT);
  await answer;
  caller.abort();
  expect(await next).toMatchObject({ status: 200, ending: "client-left" });
});

test("onOutcome is not told of a call that no answer came to: it rejects", async () => {
  let isTold = false;
  using raw = startRawFetch({ onOutcome: () => void (isTold = true) });
  const answer = raw.chat();
  (await raw.upstream.next()).reset();
  await expect(answer).rejects.toThrow();
  expect(isTold).toBe(false);
});

/** An `onOutcome`, and what it is told first. */
function listen() {
  const { promise: next, resolve } = Promise.withResolvers<Outcome>();
  return { onOutcome: resolve, next };
}
