import type { Config } from "../../config/config.ts";
import type { Dialect } from "../../core/dialect.ts";
import { EventStreamReader, type Fragment, type StreamEvent } from "../../core/event-reader.ts";
import { cutFault, type Fault } from "../../core/fault.ts";
import { type StreamEnding, StreamJudge } from "../../core/stream-judge.ts";

/** A place in a stream. */
export interface Place {
  /** Which event it is, counted from 1; undefined for lines that are no event. */
  event: number | undefined;
  /** Where it begins and ends, in bytes from the beginning of the body. */
  offset: number;
  end: number;
  text: string;
}

/** What can happen in the course of a stream. */
export type StepKind =
  /** Part of an answer: the status line goes out. */
  | "answer"
  /** The same, where nobody had asked for a stream. */
  | "unasked"
  /** As much as may be held back has come: the status line goes out. */
  | "hold-limit"
  /** An error behind a whole answer. */
  | "late-error"
  | "failure"
  | "whole"
  /** The answer is whole, and `[DONE]` is added. */
  | "completed";

/** Where a verdict was made, or changed. */
export interface Step {
  kind: StepKind;
  /** Undefined: at the end of the body. */
  place: Place | undefined;
}

/** How Candor judges a stream, event by event. */
export interface Course {
  events: number;
  /** Blocks without data: comments, mostly. */
  others: number;
  steps: Step[];
  /** The failure it ends with. */
  fault: Fault | undefined;
}

interface Block extends Place {
  bytes: Uint8Array;
}

/** A CR at the end of a block may be half of a CRLF: the byte behind it tells. */
const CR = 0x0d;

const DONE = "data: [DONE]\n\n";

/**
 * Follows a whole stream with the judge that Candor uses, block by block, and notes at which of them
 * that decides what.
 */
export function followStream(
  body: Uint8Array,
  isCut: boolean,
  dialect: Dialect,
  config: Config,
): Course {
  const bytes = withLastEvent(body, isCut, config.streamEventBytes);
  const all = blocksOf(bytes, config.streamEventBytes);
  const blocks = all.filter(({ offset }) => offset < body.length);
  const judge = new StreamJudge(dialect, config.streamEventBytes);
  const steps: Step[] = [];
  let isCommitted = false;
  let fed = 0;

  /** Notes why the status line goes out, the first time that there is a reason. */
  function commit(kind: "answer" | "hold-limit", place: Place | undefined): void {
    if (!isCommitted) steps.push({ kind, place });
    isCommitted = true;
  }
  function conclude(ending: StreamEnding | undefined, whole: StepKind, place?: Place): Course {
    if (judge.isDecided) commit("answer", place);
    const fault = ending?.kind === "failed" ? ending.fault : undefined;
    steps.push({ kind: fault === undefined ? whole : "failure", place });
    const events = blocks.filter(({ event }) => event !== undefined).length;
    return { events, others: blocks.length - events, steps, fault };
  }

  for (const block of blocks) {
    if (block.end > config.streamHoldBytes) commit("hold-limit", block);
    const readTo = block.bytes.at(-1) === CR ? block.end + 1 : block.end;
    const { bytes: passed, ending } = judge.feed(bytes.subarray(fed, readTo));
    fed = readTo;
    if (ending !== undefined) return conclude(ending, "whole", block);
    if (judge.isDecided) commit("answer", block);
    if (!Buffer.concat(passed).equals(block.bytes))
      steps.push({ kind: "late-error", place: block });
  }
  if (body.length >= config.streamHoldBytes) commit("hold-limit", undefined);
  const { bytes: added, ending } = judge.end(isCut ? cutFault() : undefined);
  const isDoneAdded = Buffer.concat(added).toString() === DONE;
  return conclude(ending, isDoneAdded ? "completed" : "whole");
}

/** A body whose last event is complete: the end of a body ends it, a cut only almost never. */
function withLastEvent(body: Uint8Array, isCut: boolean, maxEventBytes: number): Uint8Array {
  const reader = new EventStreamReader(maxEventBytes);
  reader.feed(body);
  if (reader.end(isCut).length === 0) return body;
  return Buffer.concat([body, Buffer.from(isCut ? "\n" : "\n\n")]);
}

/** The complete blocks of a stream, with their places. */
function blocksOf(bytes: Uint8Array, maxEventBytes: number): Block[] {
  let end = 0;
  let events = 0;
  return new EventStreamReader(maxEventBytes).feed(bytes).map((block) => {
    const offset = end;
    end += block.bytes.length;
    const event = isEvent(block) ? ++events : undefined;
    const text = new TextDecoder().decode(block.bytes);
    return { event, offset, end, text, bytes: block.bytes };
  });
}

function isEvent(block: StreamEvent | Fragment): boolean {
  return "ends" in block || block.data !== undefined;
}
