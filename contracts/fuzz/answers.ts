import { expect } from "bun:test";
import fc from "fast-check";
import { chunksOf, type SentBody } from "./bytes.ts";
import { anyJson, errorBody } from "./json.ts";
import { type Outcome, referenceOutcome } from "./verdicts.ts";
import { isObject, parseJson } from "./reference-judge.ts";
import { type Fields, fieldsOf, typeOf } from "./reference-status.ts";
import { appOf } from "../harness/app.ts";
import { configure } from "../harness/ways.ts";

/** Any answer of upstream: a status, header fields, and a body that may be cut. */
export interface AnyAnswer {
  status: number;
  headers: [name: string, value: string][];
  body: SentBody;
}

const CONTENT_TYPES = ["application/json", "text/html", "text/plain", "text/event-stream", "a/b"];

const delay = fc.constantFrom("0", "1", "2.5", "-1", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "");
const reset = fc.constantFrom("0", "1795399200000", "1795399200", "9e99", "never");

const header = fc.oneof(
  delay.map((value): [string, string] => ["retry-after", value]),
  reset.map((value): [string, string] => ["x-ratelimit-reset", value]),
  fc.constantFrom(...CONTENT_TYPES).map((value): [string, string] => ["content-type", value]),
  fc.constant<[string, string]>(["set-cookie", "session=1"]),
  fc.constant<[string, string]>(["connection", "x-hop"]),
);

const anyStatus = fc.oneof(
  { arbitrary: fc.constant(200), weight: 4 },
  { arbitrary: fc.integer({ min: 400, max: 599 }), weight: 4 },
  { arbitrary: fc.integer({ min: 201, max: 399 }), weight: 1 },
);

const bytes = fc.oneof(
  { arbitrary: fc.oneof(errorBody, anyJson).map(toBytes), weight: 6 },
  { arbitrary: errorBody.map((value) => toBytes([value, null])), weight: 1 },
  { arbitrary: fc.uint8Array({ maxLength: 40 }), weight: 1 },
);

/** Answers that are mostly failures, in every form. */
export function anyAnswer(sent: (bytes: fc.Arbitrary<Uint8Array>) => fc.Arbitrary<SentBody>) {
  return fc.record({
    status: anyStatus,
    headers: fc.array(header, { maxLength: 4 }),
    body: sent(bytes),
  });
}

/** A stream that goes through the whole application comes out as the reference has it. */
export async function streamGoesOutAsJudged(body: SentBody): Promise<void> {
  const expected = referenceOutcome(body);
  const headers: [string, string][] = [["content-type", "text/event-stream"]];
  const response = await answerOf({ status: 200, headers, body }, true);
  const text = Buffer.from(await response.bytes()).toString("latin1");
  if (expected.kind === "relay") return expectRelayed(text, response.status, expected);
  const { type, code } = fieldsOf(fieldsOf(parseJson(utf8(text)))["error"]);
  expect({ status: response.status, type, code }).toEqual({ ...expected.meaning });
}

/** Whatever upstream answers, the client gets a 200, or an error in OpenAI's form. */
export async function answerIsWellFormed(answer: AnyAnswer, isStream: boolean): Promise<void> {
  const response = await answerOf(answer, isStream);
  expect(response.headers.has("set-cookie")).toBe(false);
  const isNamed = answer.headers.some(([name]) => name === "connection");
  expect(response.headers.has("x-hop")).toBe(!isNamed);
  if (response.status === 200) return response.body?.cancel();
  expect(response.status).toBe(answer.status >= 400 ? answer.status : response.status);
  expectOpenAiError(response.status, parseJson(await response.text()));
  expectErrorHeaders(response.headers);
}

function expectRelayed(text: string, status: number, { text: expected, end }: Relayed): void {
  expect(status).toBe(200);
  if (end === "whole") return expect(oneBlankLine(text)).toBe(expected);
  const [, before = "", data = ""] = /^([^]*[\r\n])?data: ([^\r\n]*)\n\n$/.exec(text) ?? [];
  expect(oneBlankLine(before)).toBe(expected);
  const { type, code } = fieldsOf(fieldsOf(parseJson(utf8(data)))["error"]);
  const { type: expectedType, code: expectedCode } = fieldsOf(end);
  expect({ type, code }).toEqual({ type: expectedType, code: expectedCode });
}

type Relayed = Extract<Outcome, { kind: "relay" }>;

function utf8(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString();
}

function oneBlankLine(text: string): string {
  return text.replace(/[\r\n]+(data: \[DONE\]\n\n)?$/, "\n\n$1");
}

function expectOpenAiError(status: number, body: unknown): void {
  expect(status >= 400 && status <= 599).toBe(true);
  const error: Fields = fieldsOf(fieldsOf(body)["error"]);
  const { message, type, param, code } = error;
  expect(typeof message === "string" && message.trim() !== "").toBe(true);
  expect(type).toBe(typeOf(status));
  expect(param === null || typeof param === "string").toBe(true);
  expect(code === null || (typeof code === "string" && code !== "")).toBe(true);
  expect(namesOwner(body)).toBe(false);
}

/** Whether an object anywhere in a value has a `user_id`, which names the owner of the key. */
function namesOwner(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(namesOwner);
  if (!isObject(value)) return false;
  return "user_id" in fieldsOf(value) || Object.values(fieldsOf(value)).some(namesOwner);
}

function expectErrorHeaders(headers: Headers): void {
  expect(headers.get("content-type")).toBe("application/json");
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("proxy-status")).toStartWith("candor; ");
  expect(headers.get("x-should-retry")).toMatch(/^(true|false)$/);
  const wait = headers.get("retry-after") ?? "0";
  expect(/^\d+$/.test(wait) || !Number.isNaN(Date.parse(wait))).toBe(true);
}

/** Creates a way to send a request through one application, with upstream answering so. */
function openApp(): (answer: AnyAnswer, isStream: boolean) => Promise<Response> {
  let next: AnyAnswer | undefined;
  const app = appOf(configure({ OPENROUTER_BASE_URL: "http://127.0.0.1:9/api/v1" }), async () =>
    next === undefined ? Response.error() : upstreamResponse(next),
  );
  return (answer, isStream) => {
    next = answer;
    return app.handle(clientRequest(isStream));
  };
}

const answerOf = openApp();

function clientRequest(stream: boolean): Request {
  return new Request("http://localhost/proxy", {
    method: "POST",
    headers: { "content-type": "application/json", host: "localhost" },
    body: JSON.stringify({ messages: [{ role: "user", content: "Hi" }], stream }),
  });
}

function upstreamResponse({ status, headers, body }: AnyAnswer): Response {
  const hasBody = ![204, 205, 304].includes(status);
  const response = new Response(hasBody ? streamOf(body) : null, { status });
  response.headers.set("x-hop", "1");
  for (const [name, value] of headers) response.headers.append(name, value);
  return response;
}

function streamOf(body: SentBody): ReadableStream<Uint8Array> {
  const chunks = chunksOf(body).filter(({ length }) => length > 0);
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks.shift();
        if (chunk !== undefined) controller.enqueue(chunk);
        else if (body.isCut) controller.error(new Error("cut"));
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

function toBytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value) ?? "null");
}
