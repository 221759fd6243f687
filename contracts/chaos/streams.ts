import { gzipSync } from "node:zlib";
import { COMMENT, DONE, finish, stream, text, wholeStream } from "./events.ts";
import { type AnswerBuilder, type ChaosAnswer, LIMITS } from "./exchange.ts";
import { scatter } from "./wire.ts";
import type { Random } from "./random.ts";

const LINE_ENDS: [string, ...string[]] = ["\n", "\r\n", "\r"];
const FLOOD_CHUNK_BYTES = 64 * 1024;

/** Healthy answers to requests that ask for a stream. */
export const HEALTHY_STREAMS: Record<string, AnswerBuilder> = {
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
};

function healthy(random: Random, pieces: Uint8Array[]): ChaosAnswer {
  const body = random.chance(0.5)
    ? scatter(random, Buffer.concat(pieces))
    : pieces.flatMap((piece) => [piece, random.between(0, 4)]);
  return stream({ body }, { pieces, mayBeWhole: true });
}

function invalidText(id: string): Uint8Array {
  const bytes = Buffer.from(text(id, "word"));
  bytes.set([0xc3, 0x28, 0xff, 0xe2], bytes.lastIndexOf("word"));
  return bytes;
}

function withLineEnds(bytes: Uint8Array, lineEnd: string): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString().replaceAll("\n", lineEnd));
}
