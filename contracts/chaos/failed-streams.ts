import { type AnswerBuilder, type ChaosAnswer, LIMITS } from "./exchange.ts";
import {
  COMMENT,
  DONE,
  event,
  finish,
  openStream,
  role,
  stream,
  text,
  wholeStream,
} from "./events.ts";
import { HIDDEN_STATUSES } from "./plain.ts";
import { scatter, type End } from "./wire.ts";
import type { Random } from "./random.ts";

/** Answers that fail, to requests that ask for a stream. */
export const FAILED_STREAMS: Record<string, AnswerBuilder> = {
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
    const answer = cut(random, [...openStream(id, random), finish(id)], new Uint8Array());
    const pieces = [...answer.truth.pieces, DONE];
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

/** A stream that the connection is cut in: what Bun had not handed over by then may be lost. */
function cut(random: Random, pieces: Uint8Array[], half: Uint8Array): ChaosAnswer {
  const body = [...scatter(random, Buffer.concat([...pieces, half])), random.between(0, 30)];
  const end: End = random.pick(["reset", "close"]);
  const truth = { pieces, statuses: [502], mayFailInBand: true, mayLose: true };
  return stream({ body, end }, truth);
}
