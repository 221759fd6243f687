import { expect, test } from "bun:test";
import { startSimulator } from "../../src/commands/simulate/simulator.ts";
import { StreamJudge } from "../../src/core/stream-judge.ts";
import { messages } from "../../src/core/dialects/messages.ts";
import { cutFault } from "../../src/core/fault.ts";
import { loadFixtures } from "../../src/recordings/fixtures.ts";
import type { Recording } from "../../src/recordings/recording.ts";
import { type Candor, type CandorOptions, HELLO, startCandor } from "../harness/candor.ts";
import { readerOf } from "../harness/stream-events.ts";
import { fixtureOf, recordedBody } from "../harness/ways.ts";

const JSON_TYPE = { "content-type": "application/json" };

/** Asks as an Anthropic SDK does, by default without a key. */
function ask(candor: Candor, init: RequestInit = {}, query = ""): Promise<Response> {
  const request = { method: "POST", headers: JSON_TYPE, body: HELLO, ...init };
  return Bun.fetch(`${candor.url}/v1/messages${query}`, request);
}

/** A failure of Candor's own: the status, and the error in Anthropic's form. */
type OwnFailure = [
  title: string,
  init: RequestInit,
  settings: CandorOptions["settings"],
  status: number,
  error: { type: string; code: string; param?: string },
];

const failures: OwnFailure[] = [
  [
    "a request without a key",
    {},
    { OPENROUTER_API_KEY: "" },
    401,
    { type: "authentication_error", code: "invalid_api_key" },
  ],
  [
    "a request with a wrong key",
    { headers: { ...JSON_TYPE, "x-api-key": "wrong" } },
    { PROXY_API_KEYS: "the-right-key-of-callers" },
    401,
    { type: "authentication_error", code: "invalid_api_key" },
  ],
  [
    "a page of an origin that is not listed",
    { headers: { ...JSON_TYPE, origin: "https://evil.example" } },
    {},
    403,
    { type: "permission_error", code: "permission_denied" },
  ],
  [
    "another method",
    { method: "PUT" },
    {},
    405,
    { type: "invalid_request_error", code: "method_not_allowed" },
  ],
  [
    "a body that is not JSON",
    { body: "{" },
    {},
    400,
    { type: "invalid_request_error", code: "invalid_request" },
  ],
  [
    "a message without content",
    { body: JSON.stringify({ messages: [{ role: "user" }] }) },
    {},
    400,
    { type: "invalid_request_error", code: "invalid_request", param: "messages[0].content" },
  ],
  [
    "a body that is too large",
    {},
    { MAX_BODY_BYTES: "10" },
    413,
    { type: "request_too_large", code: "payload_too_large" },
  ],
];
test.each(failures)(
  "%s is turned down in Anthropic's form, and never reaches upstream",
  async (_title, init, settings, status, error) => {
    await using candor = startCandor({ ...(settings && { settings }) });
    const response = await ask(candor, init);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      type: "error",
      error: { message: expect.stringMatching(/./), ...error },
    });
    expect(candor.received).toHaveLength(0);
  },
);

test("an upstream that cannot be reached is a 502 in Anthropic's form", async () => {
  const gone = startSimulator({ answer: () => undefined });
  await gone.stop();
  await using candor = startCandor({ settings: { OPENROUTER_BASE_URL: gone.url } });
  const response = await ask(candor);
  expect(response.status).toBe(502);
  expect(await response.json()).toMatchObject({
    type: "error",
    error: { type: "api_error", code: "provider_unavailable" },
  });
});

test("what an Anthropic SDK sends reaches upstream: its path, query, headers and key", async () => {
  await using candor = startCandor({
    answer: () => fixtureOf("messages/200-success").response,
    settings: { OPENROUTER_API_KEY: "" },
  });
  const sent = {
    "x-api-key": "mine",
    "anthropic-version": "2023-06-01",
    "anthropic-beta": "context-1m-2025-08-07",
  };
  const response = await ask(candor, { headers: { ...JSON_TYPE, ...sent } }, "?beta=true");
  expect(response.status).toBe(200);
  expect(candor.received[0]?.path).toBe("/api/v1/messages?beta=true");
  expect(candor.received[0]?.headers.toJSON()).toMatchObject(sent);
});

test("an answer is over with message_stop, though [DONE] and more come behind it", async () => {
  const { response } = fixtureOf("messages/stream-success-done");
  await using candor = startCandor({
    answer: () => ({ ...response, chunks: [...response.chunks, { at: 60_000, text: ":\n\n" }] }),
  });
  const body = JSON.stringify({ ...JSON.parse(HELLO), stream: true });
  const text = await readerOf(await ask(candor, { body })).readAll();
  expect(text).toEndWith('event: message_stop\ndata: {"type":"message_stop"}\n\n');
});

/** The streams of the endpoint. */
const STREAMS = [...loadFixtures()].filter(
  ([name, { response }]) =>
    name.startsWith("messages/") &&
    new Headers(response.headers).get("content-type") === "text/event-stream",
);

/** What a client would get of a stream that arrives in pieces of this size. */
function judge(fixture: Recording, size: number) {
  const body = recordedBody(fixture);
  const judged = new StreamJudge(messages, { maxEventBytes: 1e6 });
  const relayed: Uint8Array[] = [];
  for (let from = 0; from < body.length; from += size) {
    const { bytes, ending } = judged.feed(body.subarray(from, from + size));
    relayed.push(...bytes);
    if (ending) return { ending, isDecided: judged.isDecided, relayed: textOf(relayed) };
  }
  const { bytes, ending } = judged.end(fixture.response.end !== "closed" ? cutFault() : undefined);
  relayed.push(...bytes);
  return { ending, isDecided: judged.isDecided, relayed: textOf(relayed) };
}

function textOf(pieces: Uint8Array[]): string {
  return Buffer.concat(pieces).toString("latin1");
}

test.each(STREAMS)(
  "%s gives the same verdict and bytes in pieces of any size",
  (_name, fixture) => {
    const whole = judge(fixture, Number.POSITIVE_INFINITY);
    for (const size of [1, 2, 3, 7, 31, 97]) expect(judge(fixture, size)).toEqual(whole);
  },
);
