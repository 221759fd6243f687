import { expect, test } from "bun:test";
import { PLAIN, STREAM } from "../harness/raw-proxy.ts";
import { chatInit, HELLO_EVENT, STOP_EVENT, startRawFetch } from "./raw-fetch.ts";

type Call = (url: string, fetch: typeof globalThis.fetch) => Promise<Response>;

const CALLS: [form: string, call: Call][] = [
  ["a text", (url, fetch) => fetch(url, chatInit())],
  ["a URL", (url, fetch) => fetch(new URL(url), chatInit())],
  ["bytes", (url, fetch) => fetch(url, chatInit({ body: new TextEncoder().encode(STREAM) }))],
  ["a Blob", (url, fetch) => fetch(url, chatInit({ body: new Blob([STREAM]) }))],
  ["a Request", (url, fetch) => fetch(new Request(url, chatInit()))],
  [
    "a Request and another body",
    (url, fetch) => fetch(new Request(url, chatInit({ body: "[]" })), chatInit()),
  ],
  ["a stream", (url, fetch) => fetch(url, chatInit({ body: new Blob([STREAM]).stream() }))],
  ["an init that is a Request", (url, fetch) => fetch(url, new Request(url, chatInit()))],
];

test.each(CALLS)("the request of %s goes out as plain fetch sends it", async (_form, call) => {
  using raw = startRawFetch();
  const sent = [];
  for (const fetch of [globalThis.fetch, raw.fetch]) {
    const answer = call(raw.url, fetch);
    const exchange = await raw.upstream.next();
    const { method, path, headers, body } = exchange.request;
    sent.push({ method, path, headers: [...headers], body: Buffer.from(body).toString() });
    await exchange.begin("text/event-stream");
    await exchange.chunk(HELLO_EVENT + STOP_EVENT);
    await exchange.chunk("data: [DONE]\n\n");
    await exchange.finish();
    const response = await answer;
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(`${HELLO_EVENT}${STOP_EVENT}data: [DONE]\n\n`);
  }
  expect(sent[1]).toEqual(sent[0]);
});

test("a plain request that is answered with a stream is told so, where the body can be read", async () => {
  using raw = startRawFetch();
  const answer = raw.chat({ body: PLAIN });
  const exchange = await raw.upstream.next();
  await exchange.begin("text/event-stream");
  await exchange.chunk(HELLO_EVENT);
  expect((await answer).status).toBe(502);
});

test("a call that fetch refuses rejects as plain fetch does", async () => {
  using raw = startRawFetch();
  for (const [input, init] of [
    ["http://", {}],
    [raw.url, { method: "GET", body: "a" }],
    ["http://127.0.0.1:1/api/v1/chat/completions", chatInit()],
  ] satisfies [string, RequestInit][]) {
    const [plain, truthful] = await Promise.allSettled([
      fetch(input, init),
      raw.fetch(input, init),
    ]);
    expect(plain.status).toBe("rejected");
    expect(truthful).toEqual(plain);
  }
});
