import { expect } from "bun:test";
import { createParser } from "eventsource-parser";
import { judgeAnswer } from "../../src/core/answer-judge.ts";
import { chat } from "../../src/core/dialects/chat.ts";
import { toErrorBody } from "../../src/core/error-body.ts";
import { EventStreamReader } from "../../src/core/event-reader.ts";
import { cutFault, type Fault } from "../../src/core/fault.ts";
import { readClaim } from "../../src/core/claim.ts";
import { StreamJudge, type StreamEnding, type StreamReading } from "../../src/core/stream-judge.ts";
import { chunksOf, type SentBody } from "./bytes.ts";
import { referenceJsonVerdict } from "./reference-judge.ts";
import type { Meaning } from "./reference-status.ts";
import { type ReferencePart, referenceStream } from "./reference-stream.ts";

/** What became of a stream: the same words for Candor's judge and for the reference. */
export type Outcome =
  | { kind: "repair"; meaning: Meaning }
  | { kind: "relay"; text: string; isReadable: boolean; end: unknown };

/** Candor's stream judge and the reference agree on verdict, bytes and ending, however split. */
export function streamVerdictsAgree(body: SentBody): void {
  expect(judgedOutcome(body)).toEqual(referenceOutcome(body));
}

/** Candor's judge of plain answers and the reference agree on verdict, status and code. */
export function jsonVerdictsAgree(bytes: Uint8Array, isPrompt: boolean): void {
  const request = isPrompt ? { prompt: "Hi" } : { messages: [{ role: "user", content: "Hi" }] };
  const { fault } = judgeAnswer(new TextDecoder().decode(bytes), request, chat);
  const verdict = fault === undefined ? { kind: "relay" } : { kind: "repair", ...meaning(fault) };
  expect(verdict).toEqual({ ...referenceJsonVerdict(bytes, isPrompt) });
}

/** The reader gives the events of `eventsource-parser` fed with all of it, and every byte once. */
export function readingsAgree(body: SentBody): void {
  const reader = new EventStreamReader(Number.POSITIVE_INFINITY);
  const read = [...chunksOf(body).flatMap((chunk) => reader.feed(chunk)), ...reader.end()];
  const events = read.flatMap((event) =>
    "data" in event && event.data !== undefined ? [{ name: event.name, data: event.data }] : [],
  );
  expect({ events, bytes: Buffer.concat(read.map(({ bytes }) => bytes)).toString("hex") }).toEqual({
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
  const judge = new StreamJudge(chat, maxEventBytes);
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

export function referenceOutcome({ bytes, isCut }: SentBody): Outcome {
  const reference = referenceStream(bytes, isCut);
  if (reference.kind === "repair") {
    const { status, type, code } = reference;
    return repair({ status, type, code });
  }
  const { parts, ending } = reference;
  const written = parts.map((part) => bytesOf(part, ending.kind === "as-is"));
  if (ending.kind !== "error") {
    return relay([...written, Buffer.from(ending.kind === "done" ? DONE : "")], "whole");
  }
  const { status, type, code } = ending;
  return relay(written, { status, type, code });
}

const DONE = "data: [DONE]\n\n";

function bytesOf(part: ReferencePart, isLast: boolean): Uint8Array {
  if (part.kind === "data") return Buffer.from(`data: ${JSON.stringify(part.value)}\n\n`);
  // What comes behind an event without a blank line would become part of it.
  return part.isOpen && !isLast ? Buffer.concat([part.bytes, Buffer.from("\n\n")]) : part.bytes;
}

function repair(meaningOfIt: Meaning): Outcome {
  return { kind: "repair", meaning: meaningOfIt };
}

function relay(bytes: Uint8Array[], end: unknown): Outcome {
  const text = Buffer.concat(bytes).toString("latin1");
  const isReadable = text === "" || end === "whole" || end === "broken" || BLANK_LINE.test(text);
  // How many blank lines stand before an ending of ours makes no difference.
  return {
    kind: "relay",
    text: text.replace(/[\r\n]+(data: \[DONE\]\n\n)?$/, "\n\n$1"),
    isReadable,
    end,
  };
}

/** Behind a blank line in any spelling a new event can begin. */
const BLANK_LINE = /(?:\r\r\n?|\n\n|\r\n\r\n?|\n\r)$/;

function meaning(fault: Fault): Meaning {
  const claim = readClaim(200, fault);
  const { type, code } = toErrorBody(claim, fault).error;
  return { status: claim.status, type, code };
}
