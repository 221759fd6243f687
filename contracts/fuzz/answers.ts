import { expect } from "bun:test";
import fc from "fast-check";
import { chunksOf, type SentBody } from "./bytes.ts";
import { anyJson, errorBody } from "./json.ts";
import {
  beginningOf,
  wholeJson,
  failure,
  isObject,
  parseJson,
  referenceJsonVerdict,
} from "./reference-judge.ts";
import { type Fields, fieldsOf, type Meaning, typeOf } from "./reference-status.ts";
import { type ReferenceEnding, referenceStream, type ReferenceStream } from "./reference-stream.ts";
import { dataWhere, tidy, visibleBlocks, writtenBlocks } from "./verdicts.ts";
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

/** The types that gateways write over event streams, and over JSON. */
export const label = fc.constantFrom("text/event-stream", "application/json");

/** A stream that goes through the whole application comes out as the reference has it. */
export async function streamGoesOutAsJudged(body: SentBody, type: string): Promise<void> {
  const headers: [string, string][] = [["content-type", type]];
  const response = await answerOf({ status: 200, headers, body }, true);
  const { text, isBroken } = await readAll(response);
  const reference = isEventStream(body, type)
    ? referenceStream(body.bytes, body.isCut)
    : jsonInPlaceOfStream(body);
  const { status, headers: given } = response;
  if (reference.kind === "relay") {
    expect([status, given.get("content-type")]).toEqual([200, "text/event-stream"]);
    return expectRelayed(text, isBroken, reference);
  }
  const error = fieldsOf(fieldsOf(parseJson(utf8(text)))["error"]);
  const seen: unknown = { kind: "repair", status, type: error["type"], code: error["code"] };
  expect(seen).toEqual(reference);
  expect([isBroken, given.get("content-type")]).toEqual([false, "application/json"]);
}

/**
 * What a body is: its beginning has the say, and its label where that says nothing. What is called
 * an event stream, begins with a line of JSON and goes on with other things is one.
 */
function isEventStream({ bytes: body, isCut }: SentBody, type: string): boolean {
  const form = beginningOf(body);
  const isStream = type === "text/event-stream";
  if (form === "json" && isStream && !isCut) return wholeJson(body) === undefined;
  return form === undefined ? isStream : form === "event-stream";
}

/** JSON that answers a streaming request is an error with its status, or not what was asked. */
function jsonInPlaceOfStream({ bytes: json, isCut }: SentBody): { kind: "repair" } & Meaning {
  const verdict = isCut ? failure() : referenceJsonVerdict(json);
  return verdict.kind === "repair" ? verdict : failure();
}

async function readAll(response: Response): Promise<{ text: string; isBroken: boolean }> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk);
    return { text: Buffer.concat(chunks).toString("latin1"), isBroken: false };
  } catch {
    return { text: Buffer.concat(chunks).toString("latin1"), isBroken: true };
  }
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
  expectErrorHeaders(response);
}

function expectRelayed(text: string, isBroken: boolean, reference: Relayed): void {
  const { ending } = reference;
  const isError = ending.kind === "error";
  const blocks = visibleBlocks(text);
  const expected = tidy(writtenBlocks(reference));
  const relayed = tidy(isError ? blocks.slice(0, -2) : blocks);
  expect(dataWhere(expected, relayed)).toEqual(expected);
  expect(isBroken).toBe(isError && ending.isBroken);
  if (isError) expectErrorTwice(blocks.slice(-2), ending);
}

type Relayed = Extract<ReferenceStream, { kind: "relay" }>;

/** An error in band: a whole completion chunk, and the same once more without choices. */
function expectErrorTwice(
  blocks: string[],
  { status, type, isOwn }: Extract<ReferenceEnding, { kind: "error" }>,
): void {
  // Go's clients look for these bytes.
  for (const block of blocks) expect(block).toMatch(/^data: \{"error":\{[^\r\n]*\}\n\n$/);
  const [first, second] = blocks.map((block) => fieldsOf(parseJson(utf8(block.slice(6)))));
  const error = fieldsOf(first?.["error"]);
  const metadata = fieldsOf(error["metadata"]);
  expect(error).toMatchObject({ status, type, code: isOwn ? String(status) : status });
  expect(typeof metadata["error_type"]).toBe("string");
  expect(first?.["choices"]).not.toEqual([]);
  expect(second).toEqual({ ...first, choices: [] });
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString();
}

function expectOpenAiError(status: number, body: unknown): void {
  expect(status >= 400 && status <= 599).toBe(true);
  const error: Fields = fieldsOf(fieldsOf(body)["error"]);
  const { message, type, param, code } = error;
  expect(typeof message === "string" && message.trim() !== "").toBe(true);
  expect(type).toBe(typeOf(status));
  expect(param === null || typeof param === "string").toBe(true);
  expect(code === null || (typeof code === "string" && code !== "")).toBe(true);
  // Gateways take a body with these for an answer.
  for (const name of ["choices", "output", "content", "data"])
    expect(body).not.toHaveProperty(name);
  if ("metadata" in error) expect(typeof fieldsOf(error["metadata"])["error_type"]).toBe("string");
  expect(namesOwner(body)).toBe(false);
}

/** Whether an object anywhere in a value has a `user_id`, which names the owner of the key. */
function namesOwner(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(namesOwner);
  if (!isObject(value)) return false;
  return "user_id" in fieldsOf(value) || Object.values(fieldsOf(value)).some(namesOwner);
}

function expectErrorHeaders(response: Response): void {
  const { headers } = response;
  expect(headers.get("content-type")).toBe("application/json");
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("proxy-status")).toStartWith("candor; ");
  expect(headers.get("x-should-retry")).toMatch(/^(true|false)$/);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  const isLimit = response.status === 429 && headers.get("x-should-retry") === "true";
  if (isLimit) expect(headers.has("retry-after")).toBe(true);
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
