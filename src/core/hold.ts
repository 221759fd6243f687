import type { Body, NextChunk } from "./body.ts";
import { type Deadline, TOO_LATE } from "./deadline.ts";
import { cutFault, type Fault } from "./fault.ts";
import type { StreamEnding, StreamJudge } from "./stream-judge.ts";

/** Until when, and how much of a stream may be held back. */
export interface HoldLimits {
  /** In the readings of `performance.now()`. */
  until: number;
  bytes: number;
}

/** What nobody waits for as a stream has no limits of a hold. */
export const UNLIMITED: HoldLimits = {
  until: Number.POSITIVE_INFINITY,
  bytes: Number.POSITIVE_INFINITY,
};

/** What came of holding a stream back. */
export type Held =
  /** There is an answer, or a limit was reached: what was read goes out, then the rest. */
  | {
      kind: "relay";
      bytes: Uint8Array[];
      ending: StreamEnding | undefined;
      /** For how long there had been nothing but comments. */
      silentMs: number;
    }
  /** It failed before anything was said. */
  | { kind: "fault"; fault: Fault }
  /** The connection broke off before a verdict. */
  | { kind: "broken"; error: unknown };

/** A comment: the server sends no status line before there is a first byte behind it. */
const FIRST_SIGN = new TextEncoder().encode(":\n\n");

/**
 * Reads a stream, and keeps it, until its judge decides or a limit is reached. What had been read
 * by then is judged first.
 */
export async function holdStream(
  body: Body,
  judge: StreamJudge,
  limits: HoldLimits,
  deadline: Deadline,
): Promise<Held> {
  const kept = new Bun.ArrayBufferSink();
  let size = 0;
  let aliveAt = performance.now();
  try {
    while (size < limits.bytes) {
      let read: NextChunk | typeof TOO_LATE;
      try {
        read = await deadline.wait(body.peek(), limits.until - performance.now());
      } catch (error) {
        return concludeCut(judge, error, kept);
      }
      if (read === TOO_LATE) break;
      const { value: chunk } = await body.next();
      const reading = chunk === undefined ? judge.end() : judge.feed(chunk);
      // Copied to one place: a chunk of a few bytes may keep a page of memory.
      for (const part of reading.bytes) kept.write(part);
      size += chunk?.length ?? 0;
      if (reading.isAlive) aliveAt = performance.now();
      const verdict = conclude(judge, reading.ending, kept);
      if (verdict !== undefined) return verdict;
    }
    return relay(kept, undefined, performance.now() - aliveAt);
  } finally {
    deadline.clear();
  }
}

/** The verdict at a cut: the last event may be there but for the LF of its blank line. */
function concludeCut(judge: StreamJudge, error: unknown, kept: Bun.ArrayBufferSink): Held {
  const cut = cutFault();
  const last = judge.end(cut);
  for (const part of last.bytes) kept.write(part);
  const verdict = conclude(judge, last.ending, kept);
  const isCut = verdict?.kind === "fault" && verdict.fault === cut;
  return verdict === undefined || isCut ? { kind: "broken", error } : verdict;
}

/** The verdict, where what was read so far allows one. */
function conclude(
  judge: StreamJudge,
  ending: StreamEnding | undefined,
  kept: Bun.ArrayBufferSink,
): Held | undefined {
  if (ending?.kind === "failed" && !judge.isDecided) return { kind: "fault", fault: ending.fault };
  return ending !== undefined || judge.isDecided ? relay(kept, ending) : undefined;
}

/** What was held goes out, and with its first byte the status line. */
function relay(kept: Bun.ArrayBufferSink, ending: StreamEnding | undefined, silentMs = 0): Held {
  const bytes = new Uint8Array(kept.end());
  return { kind: "relay", bytes: [bytes.length > 0 ? bytes : FIRST_SIGN], ending, silentMs };
}
