import { gzipSync } from "node:zlib";
import { type AnswerBuilder, type ChaosAnswer, KEY, NOTHING } from "./exchange.ts";
import { type Framing, scatter, type WireAnswer, wireSteps } from "./wire.ts";
import type { Random } from "./random.ts";

const FRAMINGS: [Framing, ...Framing[]] = ["chunked", "length", "close"];

/** Errors that upstream may hide in a 200, by the status that each claims. */
export const HIDDEN_STATUSES: [number, ...number[]] = [
  400, 402, 403, 408, 429, 500, 502, 503, 504, 529,
];

/** Answers to requests that ask for no stream. */
export const PLAIN_ANSWERS: Record<string, AnswerBuilder> = {
  plain: (id, random) => healthy(random, completion(id, random.between(0, 4000))),
  "plain-large": (id, random) => healthy(random, completion(id, 2 ** 20)),
  "plain-late": (id, random) => {
    const answer = healthy(random, completion(id, 100));
    answer.steps.splice(random.between(0, 1), 0, { kind: "wait", ms: random.between(50, 1000) });
    return answer;
  },
  "plain-padded": (id, random) => {
    const padding = Array.from({ length: random.between(1, 20) }, () => Buffer.from("         \n"));
    const body = Buffer.concat([...padding, completion(id, 100)]);
    return { ...plain(random, { body: [...padding, 100, completion(id, 100)] }), ...whole(body) };
  },
  "plain-invalid-utf8": (id, random) =>
    healthy(
      random,
      replaceBytes(completion(id, 3000), "word", Uint8Array.of(0xc3, 0x28, 0xff, 0xe2)),
    ),
  "plain-gzip": (id, random) => {
    const body = completion(id, random.between(0, 50_000));
    const headers = { "content-encoding": "gzip" };
    return { ...plain(random, { headers, body: scatter(random, gzipSync(body)) }), ...whole(body) };
  },
  "plain-error": (id, random) => {
    const code = random.pick(HIDDEN_STATUSES);
    const error = {
      message: `Provider said no to ${id}`,
      code: random.chance(0.5) ? code : `${code}`,
    };
    const answer = plain(random, { body: scatter(random, json({ error, user_id: "user_x" })) });
    return { ...answer, ...failing([code], `no to ${id}`) };
  },
  "plain-error-key": (id, random) => {
    const error = { message: `${id} is refused: ${KEY} is no key`, code: 401, raw: [KEY] };
    return { ...plain(random, { body: [json({ error })] }), ...failing([401], `${id} is refused`) };
  },
  "plain-choice-error": (id, random) => {
    const error = { message: `broke at ${id}`, code: 502 };
    const choices = [{ index: 0, message: { role: "assistant", content: `half ${id}` }, error }];
    return { ...plain(random, { body: [json({ choices })] }), ...failing([502], `broke at ${id}`) };
  },
  "plain-status": (id, random) => {
    const status = random.pick(HIDDEN_STATUSES);
    const error = { message: `Not now, ${id}`, code: status };
    const body = random.chance(0.5) ? json({ error }) : Buffer.from(`<html><p>${error.message}`);
    const contentType = body[0] === 0x7b ? "application/json" : "text/html";
    const answer = plain(random, { status, contentType, body: scatter(random, body) });
    return { ...answer, ...failing([status], `Not now, ${id}`) };
  },
  "plain-empty": (_id, random) => ({ ...plain(random, { body: [] }), ...failing([502]) }),
  "plain-truncated": (id, random) => ({
    ...plain(random, { body: beginning(random, completion(id, 3000)), end: "close" }),
    ...failing([502]),
  }),
  "plain-reset": (id, random) => ({
    ...plain(random, { body: beginning(random, completion(id, 3000)), end: "reset" }),
    ...failing([502]),
  }),
  "plain-stall": (id, random) => ({
    ...plain(random, { body: beginning(random, completion(id, 3000)), end: "stall" }),
    ...failing([504]),
  }),
  "plain-wrong-form": (id, random) => {
    const body = Buffer.from(`data: ${streamLike(id)}\n\ndata: [DONE]\n\n`);
    const contentType = "text/event-stream";
    return { ...plain(random, { contentType, body: [body] }), ...failing([502]) };
  },
  "no-answer-reset": (_id, random) => ({
    asksStream: random.chance(0.5),
    steps: [{ kind: "wait", ms: random.between(0, 50) }, { kind: random.pick(["reset", "close"]) }],
    ...failing([502]),
  }),
  "no-answer-half-head": (_id, random) => ({
    asksStream: random.chance(0.5),
    steps: [
      { kind: "write", bytes: Buffer.from("HTTP/1.1 200 OK\r\ncontent-ty") },
      { kind: "wait", ms: random.between(0, 20) },
      { kind: random.pick(["reset", "close"]) },
    ],
    ...failing([502]),
  }),
  "no-answer-garbage": (_id, random) => ({
    asksStream: random.chance(0.5),
    steps: [
      { kind: "write", bytes: Buffer.from("\x16\x03\x01 this is no HTTP\r\n\r\n".repeat(10)) },
      { kind: "close" },
    ],
    ...failing([502]),
  }),
  "no-answer-stall": (_id, random) => ({
    asksStream: random.chance(0.5),
    steps: [{ kind: "stall" }],
    ...failing([504]),
  }),
};

function plain(random: Random, answer: Partial<WireAnswer>) {
  const full = { contentType: "application/json", body: [], framing: random.pick(FRAMINGS) };
  // Where the end of the connection is the end of the body, nothing tells that it comes too early.
  const isCut = answer.end !== undefined && answer.end !== "whole";
  if (isCut && full.framing === "close") full.framing = "length";
  return { asksStream: false, steps: wireSteps({ ...full, ...answer }) };
}

function healthy(random: Random, bytes: Uint8Array): ChaosAnswer {
  return { ...plain(random, { body: scatter(random, bytes) }), ...whole(bytes) };
}

const whole = (bytes: Uint8Array) => ({
  truth: { ...NOTHING, pieces: [bytes], mayBeWhole: true },
});

const failing = (statuses: number[], quote?: string) => ({
  truth: { ...NOTHING, statuses, quote },
});

/** A healthy completion that says an id, and so many bytes besides. */
function completion(id: string, size: number): Uint8Array {
  const content = `${id} ${"word ".repeat(size / 5)}"error" is a word`;
  const message = { role: "assistant", content };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  return json({ id: `gen-${id}`, object: "chat.completion", choices });
}

function streamLike(id: string): string {
  return JSON.stringify({ id, choices: [{ index: 0, delta: { content: id } }] });
}

function beginning(random: Random, bytes: Uint8Array): (Uint8Array | number)[] {
  const part = bytes.subarray(0, random.between(1, bytes.length - 2));
  return [...scatter(random, part), random.between(0, 20)];
}

function replaceBytes(bytes: Uint8Array, text: string, by: Uint8Array): Uint8Array {
  const replaced = Buffer.from(bytes);
  replaced.set(by, replaced.indexOf(text));
  return replaced;
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
