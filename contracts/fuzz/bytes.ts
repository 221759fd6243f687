import fc from "fast-check";
import { completion, errorBody, anyJson } from "./json.ts";
import { CHAT, recordedBody } from "../harness/ways.ts";

/** A body as upstream sends it: the bytes, where they are split, and whether it was cut. */
export interface SentBody {
  bytes: Uint8Array;
  /** Where a chunk ends, as parts of a million of the length. */
  splits: number[];
  isCut: boolean;
}

/** The chunks in which a body arrives. */
export function chunksOf({ bytes, splits }: SentBody): Uint8Array[] {
  const places = splits.map((share) => Math.floor((share / 1e6) * bytes.length));
  const bounds = [0, ...places.toSorted((one, other) => one - other), bytes.length];
  return bounds.slice(1).map((end, index) => bytes.subarray(bounds[index], end));
}

/** These bytes, arriving in any chunks. */
export function sent(bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<SentBody> {
  return fc.record({
    bytes,
    splits: fc.array(fc.nat(1_000_000), { maxLength: 12 }),
    isCut: fc.boolean(),
  });
}

const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
const colon = fc.constantFrom(": ", ":");

/** How Claude's thinking opens. */
const SILENT_THOUGHT = {
  reasoning_details: [{ type: "reasoning.text", text: "", signature: "", index: 0 }],
};

/** Containers whose parts all say nothing. */
const SILENT_CALLS = {
  content: [{ type: "text", text: "" }],
  function_call: { name: "", arguments: "" },
  audio: {},
};

const said = fc.constantFrom<object>(
  { choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }] },
  { choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: null }] },
  { choices: [{ index: 1, delta: { content: "Ho" }, finish_reason: null }] },
  { choices: [{ index: 0, delta: { reasoning: "so" }, finish_reason: null }] },
  { choices: [{ index: 0, delta: { tool_calls: [{ index: 0 }] }, finish_reason: null }] },
  { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
  { choices: [{ index: 1, delta: {}, finish_reason: "length" }] },
  { choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }] },
  { choices: [], usage: { completion_tokens: 3 } },
  { usage: { completion_tokens: 0, cost: 0.05 } },
  { choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: "stop" }] },
  { choices: [{ index: 0, delta: { content: "\n" }, finish_reason: null }] },
  { choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: null }], error: null },
  { choices: [{ index: 0, delta: {}, finish_reason: "stop" }], error: null },
  { choices: [{ index: 0, delta: { content: "Hi" } }], error: { code: 0, message: "" } },
  { choices: [{ index: 0, delta: { content: "", ...SILENT_THOUGHT }, finish_reason: null }] },
  { choices: [{ index: 0, delta: SILENT_CALLS, finish_reason: null }] },
  {
    choices: [
      { index: 0, delta: {}, finish_reason: "stop", native_finish_reason: "network_error" },
    ],
  },
);

const eventData = fc.oneof(
  { arbitrary: said, weight: 6 },
  { arbitrary: completion("delta"), weight: 4 },
  { arbitrary: errorBody, weight: 2 },
  { arbitrary: anyJson, weight: 1 },
);

/** JSON in one line, or spread over several. */
const json = fc
  .tuple(eventData, fc.nat(5))
  .map(([value, style]) => JSON.stringify(value, null, style === 5 ? 1 : 0) ?? "null");

const malformed = fc.constantFrom(
  "",
  "{",
  '{"choices":',
  "[DONE",
  "[DONE] ",
  "oops",
  "\u0000",
  "é",
);

/** The lines of one block, without its blank line. */
const block: fc.Arbitrary<string[]> = fc.oneof(
  {
    arbitrary: fc.tuple(json, colon).map(([data, gap]) => fieldLines("data", gap, data)),
    weight: 12,
  },
  {
    arbitrary: fc.constantFrom(": OPENROUTER PROCESSING", ":", "id: 1", "retry: 5").map(of),
    weight: 3,
  },
  { arbitrary: colon.map((gap) => [`data${gap}[DONE]`]), weight: 2 },
  { arbitrary: fc.constantFrom("data:", "data: ", "data:\t", "data: [DONE] ").map(of), weight: 1 },
  { arbitrary: json.map((data) => [": hold on", `data: ${data}`]), weight: 1 },
  { arbitrary: json.map((data) => ["event: error", ...fieldLines("data", ": ", data)]), weight: 1 },
  { arbitrary: json.map(linesOf), weight: 1 },
  { arbitrary: malformed.map((data) => [`data: ${data}`]), weight: 1 },
  {
    arbitrary: fc.constantFrom("event: error", "event: x\ndata", "data", "").map(linesOf),
    weight: 1,
  },
  { arbitrary: fc.tuple(json, json).map(([data, bare]) => [`data: ${data}`, bare]), weight: 1 },
);

function of(line: string): string[] {
  return [line];
}

function linesOf(text: string): string[] {
  return text.split("\n");
}

function fieldLines(name: string, gap: string, value: string): string[] {
  return linesOf(value).map((line) => `${name}${gap}${line}`);
}

/** A stream as OpenRouter writes it, in every way that HTML §9.2 allows, and in some it does not. */
export const eventStream: fc.Arbitrary<Uint8Array> = fc
  .record({
    blocks: fc.array(block, { maxLength: 7 }),
    lineEnds: fc.oneof(lineEnd.map(of), fc.array(lineEnd, { minLength: 1, maxLength: 7 })),
    bom: fc.constantFrom("", "", "", "\uFEFF"),
    missing: fc.oneof({ arbitrary: fc.constant(0), weight: 3 }, fc.nat(40)),
  })
  .map(({ blocks, lineEnds, bom, missing }) => {
    const lines = blocks.flatMap((fields) => [...fields, ""]);
    const ended = lines.map((line, place) => line + (lineEnds[place % lineEnds.length] ?? "\n"));
    const bytes = Buffer.from(bom + ended.join(""));
    return bytes.subarray(0, Math.max(0, bytes.length - missing));
  });

/** Bytes in which a reader of event streams may stumble: line ends, colons, half characters. */
export const streamRubble: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      {
        arbitrary: fc.constantFrom("\r", "\n", "\r\n", ":", " ", "data", "data:", "event:"),
        weight: 8,
      },
      {
        arbitrary: fc.constantFrom("id:", "retry: 1", "{", "x", "error", "é", "\uFEFF", "\0"),
        weight: 3,
      },
      { arbitrary: fc.uint8Array({ maxLength: 3 }), weight: 1 },
    ),
    { maxLength: 40 },
  )
  .map((parts) => Buffer.concat(parts.map((part) => Buffer.from(part))));

type Edit = { kind: "flip" | "delete" | "insert" | "repeat" | "swap"; at: number; size: number };

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom("flip", "delete", "insert", "repeat", "swap"),
  at: fc.nat(1_000_000),
  size: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 400 })),
});

const INSERTED = ["\n", "\r", "data: ", "{", "}", '"', "\uFEFF", "[DONE]", '"error":', "null,"];

/** A recorded body with a few bytes flipped, missing, added, repeated or exchanged. */
export function mutatedRecording(isStream: boolean): fc.Arbitrary<Uint8Array> {
  const bodies = [...CHAT.values()]
    .filter(({ response }) => isEventStream(response.headers) === isStream)
    .map(recordedBody);
  const edits = fc.array(edit, { minLength: 1, maxLength: 4 });
  return fc
    .tuple(fc.constantFrom(...bodies), edits)
    .map(([body, changes]) => changes.reduce(apply, Buffer.from(body)));
}

function isEventStream(headers: [string, string][]): boolean {
  return new Headers(headers).get("content-type")?.startsWith("text/event-stream") ?? false;
}

function apply(body: Buffer, { kind, at, size }: Edit): Buffer {
  const start = at % (body.length + 1);
  const [head, middle, tail] = [
    body.subarray(0, start),
    body.subarray(start, start + size),
    body.subarray(start + size),
  ];
  switch (kind) {
    case "flip":
      return Buffer.concat([head, middle.map((byte) => byte ^ (1 << (size % 8))), tail]);
    case "delete":
      return Buffer.concat([head, tail]);
    case "insert":
      return Buffer.concat([
        head,
        Buffer.from(INSERTED[size % INSERTED.length] ?? ""),
        middle,
        tail,
      ]);
    case "repeat":
      return Buffer.concat([head, middle, middle, tail]);
    case "swap":
      return Buffer.concat([head, tail.subarray(0, size), middle, tail.subarray(size)]);
  }
}
