import { expect, test } from "bun:test";
import { truthfulFetch } from "../../src/fetch/truthful-fetch.ts";
import { chatInit, HELLO_EVENT, STOP_EVENT, startRawFetch } from "./raw-fetch.ts";

const RATE_LIMIT = '{"error":{"code":429,"message":"Slow down"}}';

test("a failure in a 200 resolves to a Response with its true status", async () => {
  using raw = startRawFetch();
  const answer = raw.chat();
  await (await raw.upstream.next()).json(RATE_LIMIT);
  const response = await answer;
  expect(response).toBeInstanceOf(Response);
  expect(response.ok).toBe(false);
  expect(response.status).toBe(429);
  expect(response.headers.get("x-should-retry")).toBe("true");
  expect(await response.json()).toMatchObject({
    error: { message: "Slow down", type: "rate_limit_error" },
  });
});

test("a stream that breaks off ends with an error in band, and then breaks off", async () => {
  using raw = startRawFetch();
  const answer = raw.chat();
  const exchange = await raw.upstream.next();
  await exchange.begin("text/event-stream");
  await exchange.chunk(HELLO_EVENT);
  const reader = readerOf(await answer);
  expect(textOf(await reader.read())).toBe(HELLO_EVENT);
  exchange.reset();
  expect(textOf(await reader.read())).toContain('"status":502');
  await expect(reader.read()).rejects.toThrow();
});

test("a stream is held until holdMs have passed, and then is a 200", async () => {
  using raw = startRawFetch({ holdMs: 50 });
  const answer = raw.chat();
  const exchange = await raw.upstream.next();
  await exchange.begin("text/event-stream");
  await exchange.chunk(": OPENROUTER PROCESSING\n\n");
  expect((await answer).status).toBe(200);
});

test("a stream is held until holdBytes have come, and then is a 200", async () => {
  using raw = startRawFetch({ holdBytes: 100 });
  const answer = raw.chat();
  const exchange = await raw.upstream.next();
  await exchange.begin("text/event-stream");
  await exchange.chunk(`: ${"x".repeat(100)}\n\n`);
  expect((await answer).status).toBe(200);
});

test("upstream's silence of idleTimeoutMs ends a stream in the same way", async () => {
  using raw = startRawFetch({ idleTimeoutMs: 50 });
  const answer = raw.chat();
  const exchange = await raw.upstream.next();
  await exchange.begin("text/event-stream");
  await exchange.chunk(HELLO_EVENT);
  const reader = readerOf(await answer);
  expect(textOf(await reader.read())).toBe(HELLO_EVENT);
  expect(textOf(await reader.read())).toContain('"status":504');
  await expect(reader.read()).rejects.toThrow();
});

test("an answer knows where it came from, as a fetched one does, and so do its clones", async () => {
  using raw = startRawFetch();
  const seen = [];
  for (const fetch of [globalThis.fetch, raw.fetch]) {
    const answer = fetch(raw.url, chatInit());
    const exchange = await raw.upstream.next();
    await exchange.begin("text/event-stream");
    await exchange.chunk(HELLO_EVENT + STOP_EVENT);
    await exchange.finish();
    const response = await answer;
    for (const { url, redirected, type, status, statusText, ok } of [response, response.clone()]) {
      seen.push({ url, redirected, type, status, statusText, ok });
    }
  }
  const [plain, plainClone, truthful, truthfulClone] = seen;
  expect(truthful).toEqual(plain);
  expect(truthfulClone).toEqual(plainClone);
  expect(truthful?.url).toBe(raw.url);
});

test("an answer that a browser hides from its page is passed on as it is", async () => {
  const opaque = Response.error();
  const fetch = truthfulFetch({ fetch: answering(opaque) });
  expect(await fetch("https://openrouter.ai/api/v1/models", { mode: "no-cors" })).toBe(opaque);
});

test("the global fetch is the one of the time of the call", async () => {
  const fetch = truthfulFetch();
  const original = globalThis.fetch;
  globalThis.fetch = answering(new Response(RATE_LIMIT));
  try {
    const { status } = await fetch("https://openrouter.ai/api/v1/chat/completions", chatInit());
    expect(status).toBe(429);
  } finally {
    globalThis.fetch = original;
  }
});

test("what the runtime adds to fetch is there too", () => {
  expect(truthfulFetch().preconnect).toBe(fetch.preconnect);
});

function readerOf({ body }: Response) {
  if (body === null) throw new Error("The answer has no body.");
  return body.getReader();
}

function textOf({ value }: { value?: Uint8Array | undefined }): string {
  return Buffer.from(value ?? []).toString();
}

/** A `fetch` that always gives this answer. */
function answering(response: Response): typeof fetch {
  return Object.assign(async () => response, { preconnect: () => {} });
}
