import { expect, test } from "bun:test";
import { atOnce } from "../harness/raw-proxy.ts";
import { chatInit, HELLO_EVENT, startRawFetch } from "./raw-fetch.ts";

const REASON = new Error("the user closed the tab");

test("a call that is aborted before it begins rejects with the caller's reason", async () => {
  using raw = startRawFetch();
  expect(await rejection(raw.chat({ signal: AbortSignal.abort(REASON) }))).toBe(REASON);
  expect(raw.upstream.count()).toBe(0);
});

test("an abort before upstream answers rejects with the caller's reason", async () => {
  using raw = startRawFetch();
  const caller = new AbortController();
  const answer = rejection(raw.chat({ signal: caller.signal }));
  const exchange = await raw.upstream.next();
  caller.abort(REASON);
  expect(await atOnce(answer)).toBe(REASON);
  await atOnce(exchange.closed);
});

test("an abort without a reason rejects as with plain fetch", async () => {
  using raw = startRawFetch();
  const errors = [];
  for (const fetch of [globalThis.fetch, raw.fetch]) {
    const caller = new AbortController();
    const answer = rejection(fetch(raw.url, chatInit({ signal: caller.signal })));
    await raw.upstream.next();
    caller.abort();
    errors.push(await atOnce(answer));
  }
  expect(errors[1]).toEqual(errors[0]);
  expect(errors[1]).toHaveProperty("name", "AbortError");
});

test("an abort while the answer is held rejects with the caller's reason", async () => {
  using raw = startRawFetch();
  const caller = new AbortController();
  const answer = rejection(raw.chat({ signal: caller.signal }));
  const exchange = await raw.upstream.next();
  await exchange.begin("text/event-stream");
  await exchange.chunk(": OPENROUTER PROCESSING\n\n");
  caller.abort(REASON);
  expect(await atOnce(answer)).toBe(REASON);
  await atOnce(exchange.closed);
});

test("an abort while a plain answer is read rejects with the caller's reason", async () => {
  using raw = startRawFetch();
  const caller = new AbortController();
  const answer = rejection(raw.chat({ signal: caller.signal, body: "{}" }));
  const exchange = await raw.upstream.next();
  await exchange.begin("application/json");
  await exchange.chunk('{"choices":');
  caller.abort(REASON);
  expect(await atOnce(answer)).toBe(REASON);
  await atOnce(exchange.closed);
});

test("an abort within a stream makes its reader reject with the caller's reason", async () => {
  using raw = startRawFetch();
  const caller = new AbortController();
  const answer = raw.chat({ signal: caller.signal });
  const exchange = await raw.upstream.next();
  await exchange.begin("text/event-stream");
  await exchange.chunk(HELLO_EVENT);
  const reader = readerOf(await answer);
  await reader.read();
  const next = rejection(reader.read());
  caller.abort(REASON);
  expect(await atOnce(next)).toBe(REASON);
  await atOnce(exchange.closed);
});

test("a time-out of the caller's within a stream is its reader's TimeoutError", async () => {
  using raw = startRawFetch();
  const answer = raw.chat({ signal: AbortSignal.timeout(300) });
  const exchange = await raw.upstream.next();
  await exchange.begin("text/event-stream");
  await exchange.chunk(HELLO_EVENT);
  const reader = readerOf(await answer);
  await reader.read();
  expect(await rejection(reader.read())).toHaveProperty("name", "TimeoutError");
  await atOnce(exchange.closed);
});

test("the signal of a Request counts, unless the call brings its own", async () => {
  using raw = startRawFetch();
  const caller = new AbortController();
  const request = new Request(raw.url, chatInit({ signal: caller.signal }));
  const aborted = rejection(raw.fetch(new Request(request)));
  const deaf = raw.fetch(request, { signal: new AbortController().signal });
  const exchanges = [await raw.upstream.next(), await raw.upstream.next()];
  caller.abort(REASON);
  expect(await atOnce(aborted)).toBe(REASON);
  for (const exchange of exchanges) {
    if (exchange.isOpen()) await exchange.json('{"error":{"code":429,"message":"later"}}');
  }
  expect((await atOnce(deaf)).status).toBe(429);
});

test("a caller that leaves a stream frees upstream at once", async () => {
  using raw = startRawFetch();
  const answer = raw.chat();
  const exchange = await raw.upstream.next();
  await exchange.begin("text/event-stream");
  await exchange.chunk(HELLO_EVENT);
  const reader = readerOf(await answer);
  await reader.read();
  await reader.cancel();
  await atOnce(exchange.closed);
});

test("a signal that outlives its calls keeps nothing of them", async () => {
  using raw = startRawFetch();
  const caller = new AbortController();
  let listeners = 0;
  const { signal } = caller;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...given: Parameters<typeof add>) => {
    listeners += 1;
    add(...given);
  };
  signal.removeEventListener = (...given: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...given);
  };
  const answer = raw.chat({ signal });
  const exchange = await raw.upstream.next();
  expect(listeners).toBe(1);
  await exchange.json('{"error":{"code":402,"message":"no credits"}}');
  expect((await answer).status).toBe(402);
  expect(listeners).toBe(0);
});

function readerOf(response: Response) {
  if (response.body === null) throw new Error("The answer has no body.");
  return response.body.getReader();
}

/** What a promise rejects with. */
async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("It did not reject.");
}
