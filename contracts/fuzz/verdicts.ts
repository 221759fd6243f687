import { expect } from "bun:test";
import { createParser } from "eventsource-parser";
import { isTooComplex, judgeAnswer } from "../../src/core/answer-judge.ts";
import { DEFAULT_STRUCTURE } from "../../src/core/structure.ts";
import { chat } from "../../src/core/dialects/chat.ts";
import { toErrorBody } from "../../src/core/error-body.ts";
import { EventStreamReader } from "../../src/core/event-reader.ts";
import { cutFault, type Fault } from "../../src/core/fault.ts";
import { readClaim } from "../../src/core/claim.ts";
import { StreamJudge, type StreamEnding, type StreamReading } from "../../src/core/stream-judge.ts";
import { chunksOf, type SentBody } from "./bytes.ts";
import { blocksOf } from "./reference-blocks.ts";
import { parseJson, referenceJsonVerdict } from "./reference-judge.ts";
import type { Meaning } from "./reference-status.ts";
import { type ReferencePart, referenceStream, type ReferenceStream } from "./reference-stream.ts";

/** What became of a stream: the same words for Candor's judge and for the reference. */
export type Outcome =
  | { kind: "repair"; meaning: Meaning }
  | { kind: "relay"; blocks: ReferencePart[]; isReadable: boolean; end: unknown };

/** Candor's stream judge and the reference agree on verdict, bytes and ending, however split. */
export function streamVerdictsAgree(body: SentBody): void {
  const expected = referenceOutcome(body);
  expect(alike(judgedOutcome(body), expected)).toEqual(expected);
}

/** Candor's judge of plain answers and the reference agree on verdict, status and code. */
export function jsonVerdictsAgree(bytes: Uint8Array, isPrompt: boolean): void {
  const request = isPrompt ? { prompt: "Hi" } : { messages: [{ role: "user", content: "Hi" }] };
  const body = new TextDecoder().decode(bytes);
  const isComplex = isTooComplex(body, DEFAULT_STRUCTURE);
  const { fault } = judgeAnswer(body, request, chat, isComplex);
  const verdict = fault === undefined ? { kind: "relay" } : { kind: "repair", ...meaning(fault) };
  expect(verdict).toEqual({ ...referenceJsonVerdict(bytes, isPrompt) });
}

/** The reader gives the events of `eventsource-parser` fed with all of it, and every byte once. */
export function readingsAgree(body: SentBody): void {
  const reader = new EventStreamReader(Number.POSITIVE_INFINITY, true);
  const read = [...chunksOf(body).flatMap((chunk) => reader.feed(chunk)), ...reader.end()];
  const events = read.flatMap((event) =>
    "data" in event && event.data !== undefined ? [{ name: event.name, data: event.data }] : [],
  );
  expect({
    events,
    bytes: Buffer.concat(read.map(({ written }) => written)).toString("hex"),
  }).toEqual({
    events: parsedEvents(body.bytes),
    bytes: Buffer.from(body.bytes).toString("hex"),
  });
}

/**
 * With a limit on the size of an event, the outcome still does not depend on the splits. Bodies
 * that end inside an event are left out: there it does depend on them.
 */
export function limitedReadingsAgree(body: SentBody, maxEventBytes: number): void {
  const bytes = Buffer.concat([body.bytes, Buffer.from("\n\n")]);
  const split = { bytes, splits: body.splits, isCut: false };
  const whole = { ...split, splits: [] };
  expect(judgedOutcome(split, maxEventBytes)).toEqual(judgedOutcome(whole, maxEventBytes));
}

function parsedEvents(bytes: Uint8Array): { name: string | undefined; data: string }[] {
  const events: { name: string | undefined; data: string }[] = [];
  const parser = createParser({ onEvent: ({ event: name, data }) => events.push({ name, data }) });
  parser.feed(`${new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)}\n\n`);
  return events;
}

function judgedOutcome(body: SentBody, maxEventBytes = 1e9): Outcome {
  const judge = new StreamJudge(chat, { maxEventBytes: maxEventBytes });
  const relayed: Uint8Array[] = [];
  let ending: StreamEnding | undefined;
  const take = (reading: StreamReading) => {
    relayed.push(...reading.bytes);
    ending = reading.ending;
    return ending !== undefined;
  };
  if (!chunksOf(body).some((chunk) => take(judge.feed(chunk)))) {
    take(judge.end(body.isCut ? cutFault() : undefined));
  }
  return outcomeOf(relayed, ending, judge.isDecided);
}

function outcomeOf(relayed: Uint8Array[], ending: StreamEnding | undefined, isDecided: boolean) {
  if (ending?.kind !== "failed") return relay(relayed, "whole");
  if (!isDecided) return repair(meaning(ending.fault));
  return relay(relayed, ending.midEvent ? "broken" : meaning(ending.fault));
}

/** What the reference has a client see of a stream. */
function referenceOutcome({ bytes, isCut }: SentBody): Outcome {
  const reference = referenceStream(bytes, isCut);
  if (reference.kind === "repair") {
    const { status, type, code } = reference;
    return repair({ status, type, code });
  }
  const { ending } = reference;
  const blocks = tidy(writtenBlocks(reference));
  if (ending.kind !== "error") return { ...RELAY, blocks, end: "whole" };
  const { status, type, code } = ending;
  return { ...RELAY, blocks, end: { status, type, code } };
}

const DONE = "data: [DONE]\n\n";
const RELAY = { kind: "relay", isReadable: true } as const;

function repair(meaningOfIt: Meaning): Outcome {
  return { kind: "repair", meaning: meaningOfIt };
}

function relay(bytes: Uint8Array[], end: unknown): Outcome {
  const text = Buffer.concat(bytes).toString("latin1");
  const isReadable = text === "" || end === "whole" || end === "broken" || BLANK_LINE.test(text);
  return { kind: "relay", blocks: tidy(visibleBlocks(text)), isReadable, end };
}

/** The blocks that go out of a stream, but for an error at its end. */
export function writtenBlocks({ parts, ending }: ReferenceRelay): ReferencePart[] {
  const written = ending.kind === "done" ? [...parts, DONE] : parts;
  return written.flatMap((part): ReferencePart[] => {
    if (typeof part !== "string") return [part];
    // Half of a late CRLF stands at the beginning of the next block.
    const block = part.replace(/^[\r\n]+/, "");
    return block === "" ? [] : [block];
  });
}

type ReferenceRelay = Extract<ReferenceStream, { kind: "relay" }>;

/** The blocks of what a client got in which there is more than a blank line. */
export function visibleBlocks(text: string): string[] {
  const blocks = blocksOf(Buffer.from(text, "latin1"), false);
  // Half of a late CRLF stands at the beginning of the next block.
  return blocks.map(({ text: block }) => block.replace(/^[\r\n]+/, "")).filter(Boolean);
}

const LATIN1_BOM = "\xef\xbb\xbf";

/**
 * How many blank lines stand at the end, and before a `[DONE]` there, makes no difference; nor does
 * a line feed that belongs to a carriage return, and comes when the block behind it was left out;
 * nor does a block of nothing but a BOM.
 */
export function tidy(all: ReferencePart[]): ReferencePart[] {
  const blocks = all.filter((block) => typeof block !== "string" || block.trim() !== LATIN1_BOM);
  const last = blocks.at(-1);
  const isDone = typeof last === "string" && last.trimEnd() === DONE.trimEnd();
  return blocks.map((block, index) => {
    if (typeof block !== "string") return block;
    const isNearEnd = index >= blocks.length - (isDone ? 2 : 1);
    return isNearEnd ? block.replace(/[\r\n]*$/, "\n\n") : block.replace(/\r$/, "\r\n");
  });
}

/** An outcome in which an event of which the reference has the data alone is its data as well. */
export function alike(seen: Outcome, expected: Outcome): Outcome {
  if (seen.kind !== "relay" || expected.kind !== "relay") return seen;
  return { ...seen, blocks: dataWhere(expected.blocks, seen.blocks) };
}

/** The blocks, each as its data where `expected` has that alone. */
export function dataWhere(expected: ReferencePart[], blocks: ReferencePart[]): ReferencePart[] {
  return blocks.map((block, index) => {
    if (typeof block !== "string" || typeof expected[index] !== "object") return block;
    return { data: parseJson(blocksOf(Buffer.from(block, "latin1"), false)[0]?.data ?? "") };
  });
}

/** Behind a blank line in any spelling a new event can begin. */
const BLANK_LINE = /(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r)$/;

function meaning(fault: Fault): Meaning {
  const claim = readClaim(200, fault);
  const { type, code } = toErrorBody(claim, fault).error;
  return { status: claim.status, type, code };
}
