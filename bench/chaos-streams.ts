import { gzipSync } from "node:zlib";
import {
  type AnswerBuilder,
  type ChaosAnswer,
  LIMITS,
  NOTHING,
  type Truth,
} from "./chaos-exchange.ts";
import { HIDDEN_STATUSES } from "./chaos-plain.ts";
import { type End, scatter, type WireAnswer, wireSteps } from "./chaos-wire.ts";
import type { Random } from "./random.ts";

type Parts = (Uint8Array | number)[];

const LINE_ENDS: [string, ...string[]] = ["\n", "\r\n", "\r"];
const COMMENT = Buffer.from(": OPENROUTER PROCESSING\n\n");
const DONE = Buffer.from("data: [DONE]\n\n");
const FLOOD_CHUNK_BYTES = 64 * 1024;

/** Answers to requests that ask for a stream. */
export const STREAM_ANSWERS: Record<string, AnswerBuilder> = {
  stream: (id, random) => healthy(random, wholeStream(id, random)),
  "stream-line-ends": (id, random) =>
    healthy(
      random,
      wholeStream(id, random).map((bytes) => withLineEnds(bytes, random.pick(LINE_ENDS))),
    ),
  "stream-invalid-utf8": (id, random) =>
    healthy(random, [invalidText(id), ...wholeStream(id, random)]),
  "stream-large-line": (id, random) =>
    healthy(random, [text(id, "w".repeat(2 ** 20)), ...wholeStream(id, random)]),
  "stream-slow": (id, random) => {
    const pieces = wholeStream(id, random).slice(-4);
    const parts = scatter(random, Buffer.concat(pieces), 80);
    const body = parts.flatMap((part) => (typeof part === "number" ? [part] : [part, 2]));
    return stream({ body }, { pieces, mayBeWhole: true });
  },
  "stream-late": (id, random) => {
    const comments = Array.from({ length: random.between(0, 3) }, () => COMMENT);
    const waits = comments.flatMap((comment) => [comment, random.between(0, 60)]);
    const events = wholeStream(id, random);
    const body = [...waits, random.between(100, 700), ...events];
    return stream({ body }, { pieces: [...comments, ...events], mayBeWhole: true });
  },
  "stream-gzip": (id, random) => {
    const pieces = wholeStream(id, random);
    const body = scatter(random, gzipSync(Buffer.concat(pieces)));
    const headers = { "content-encoding": "gzip" };
    return stream({ headers, body }, { pieces, mayBeWhole: true });
  },
  "stream-flood": (id, random) => {
    const drop = text(id, "flood ".repeat(40));
    const times = Math.ceil(FLOOD_CHUNK_BYTES / drop.length);
    const wave = Buffer.concat(Array.from({ length: times }, () => drop));
    const chunks = Array.from({ length: random.between(32, 192) }, () => wave);
    const pieces = [...chunks, finish(id), DONE];
    return stream({ body: pieces }, { pieces, mayBeWhole: true });
  },
  "stream-huge-event": (id, random) => {
    const huge = text(id, "w".repeat(LIMITS.streamEventBytes + 1000));
    return healthy(random, [huge, ...wholeStream(id, random)]);
  },
  "stream-without-done": (id, random) => {
    const events = wholeStream(id, random).slice(0, -1);
    const body = scatter(random, Buffer.concat(events));
    return stream({ body }, { pieces: [...events, DONE], mayBeWhole: true });
  },
  "stream-unterminated": (id, random) => {
    const events = wholeStream(id, random).slice(0, -1);
    const body = scatter(random, Buffer.concat(events).subarray(0, -2));
    return stream({ body }, { pieces: [...events, DONE], mayBeWhole: true });
  },
  "stream-lingering": (id, random) => {
    const pieces = wholeStream(id, random);
    return stream({ body: pieces, end: "stall" }, { pieces, mayBeWhole: true });
  },
  "stream-error-first": (id, random) => {
    const code = random.pick(HIDDEN_STATUSES);
    const pieces = random.chance(0.5) ? [COMMENT, role(id)] : [];
    const error = event({ error: { message: `No stream, ${id}`, code } });
    const body = [...pieces, random.between(0, 100), error];
    return stream({ body }, { pieces, statuses: [code], quote: `No stream, ${id}` });
  },
  "stream-error-after-text": (id, random) => {
    const pieces = openStream(id, random);
    const error = event({
      id,
      error: { message: `Broke at ${id}`, code: random.pick(HIDDEN_STATUSES) },
      choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
    });
    const body = scatter(random, Buffer.concat([...pieces, error, ...wholeStream(id, random)]));
    return stream({ body }, { pieces, mayFailInBand: true, quote: `Broke at ${id}` });
  },
  "stream-malformed": (id, random) => {
    const pieces = openStream(id, random);
    const body = [...pieces, Buffer.from('data: {"half": \n\n'), DONE];
    return stream({ body }, { pieces, mayFailInBand: true });
  },
  "stream-comments-only": (_id, random) => {
    const pieces = Array.from({ length: random.between(0, 4) }, () => COMMENT);
    return stream({ body: pieces }, { pieces, statuses: [502] });
  },
  "stream-wrong-form": (id) => {
    const choices = [{ index: 0, message: { role: "assistant", content: id } }];
    const body = [Buffer.from(JSON.stringify({ id, choices }))];
    return stream({ contentType: "application/json", body }, { statuses: [502] });
  },
  "stream-ended-early": (id, random) => {
    const pieces = openStream(id, random);
    return stream(
      { body: scatter(random, Buffer.concat(pieces)) },
      { pieces, mayFailInBand: true },
    );
  },
  "stream-cut": (id, random) => cut(random, openStream(id, random), new Uint8Array()),
  "stream-cut-mid-event": (id, random) => {
    const half = text(id, "this will never be whole");
    return cut(
      random,
      openStream(id, random),
      half.subarray(0, random.between(1, half.length - 2)),
    );
  },
  "stream-cut-before-text": (id, random) => {
    const pieces = [COMMENT, role(id)];
    const body = [...pieces, random.between(0, 20)];
    return stream({ body, end: random.pick(["reset", "close"]) }, { pieces, statuses: [502] });
  },
  "stream-cut-after-finish": (id, random) => {
    const pieces = [...openStream(id, random), finish(id), DONE];
    const answer = cut(random, pieces.slice(0, -1), new Uint8Array());
    return { ...answer, truth: { ...answer.truth, pieces, mayBeWhole: true } };
  },
  "stream-cut-huge-event": (id, random) => {
    const half = text(id, "w".repeat(LIMITS.streamEventBytes + 1000)).subarray(0, -100);
    const pieces = [...openStream(id, random), half];
    const body = [...pieces, 20];
    const truth = { pieces, mayFailInBand: true, mayLose: true, mayBreak: true, statuses: [502] };
    return stream({ body, end: random.pick(["reset", "close"]) }, truth);
  },
  "stream-stall": (id, random) => {
    const pieces = openStream(id, random);
    const half = random.chance(0.5) ? [] : [text(id, "never whole").subarray(0, 9)];
    return stream({ body: [...pieces, ...half], end: "stall" }, { pieces, mayFailInBand: true });
  },
  "stream-stall-before-text": (id, random) => {
    const pieces = random.pick<Uint8Array[]>([[], [COMMENT], [COMMENT, role(id)]]);
    return stream({ body: pieces, end: "stall" }, { pieces, mayFailInBand: true });
  },
};

function stream(answer: Partial<WireAnswer>, truth: Partial<Truth>): ChaosAnswer {
  const steps = wireSteps({ contentType: "text/event-stream", body: [], ...answer });
  return { asksStream: true, steps, truth: { ...NOTHING, ...truth } };
}

function healthy(random: Random, pieces: Uint8Array[]): ChaosAnswer {
  const body: Parts = random.chance(0.5)
    ? scatter(random, Buffer.concat(pieces))
    : pieces.flatMap((piece) => [piece, random.between(0, 4)]);
  return stream({ body }, { pieces, mayBeWhole: true });
}

/** A stream that the connection is cut in: what Bun had not handed over by then may be lost. */
function cut(random: Random, pieces: Uint8Array[], half: Uint8Array): ChaosAnswer {
  const body = [...scatter(random, Buffer.concat([...pieces, half])), random.between(0, 30)];
  const end: End = random.pick(["reset", "close"]);
  const truth = { pieces, statuses: [502], mayFailInBand: true, mayLose: true };
  return stream({ body, end }, truth);
}

function wholeStream(id: string, random: Random): Uint8Array[] {
  return [...openStream(id, random), finish(id), DONE];
}

/** A stream that has spoken and not ended, with comments in between. */
function openStream(id: string, random: Random): Uint8Array[] {
  const texts = Array.from({ length: random.between(1, 30) }, (_, index) =>
    text(id, ` word ${index} "error" [DONE] é✔`),
  );
  const events = texts.flatMap((piece) => (random.chance(0.1) ? [COMMENT, piece] : [piece]));
  return [...(random.chance(0.3) ? [COMMENT] : []), role(id), ...events];
}

const role = (id: string): Uint8Array => event(chunk(id, { role: "assistant", content: "" }));

const text = (id: string, words: string): Uint8Array =>
  event(chunk(id, { content: `${id}${words}` }));

const finish = (id: string): Uint8Array => event(chunk(id, { content: "" }, "stop"));

function chunk(id: string, delta: object, finishReason: string | null = null) {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  return { id: `gen-${id}`, object: "chat.completion.chunk", choices };
}

function event(data: unknown): Uint8Array {
  return Buffer.from(`data: ${JSON.stringify(data)}\n\n`);
}

function invalidText(id: string): Uint8Array {
  const bytes = Buffer.from(text(id, "word"));
  bytes.set([0xc3, 0x28, 0xff, 0xe2], bytes.lastIndexOf("word"));
  return bytes;
}

function withLineEnds(bytes: Uint8Array, lineEnd: string): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString().replaceAll("\n", lineEnd));
}
