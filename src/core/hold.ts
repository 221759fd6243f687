import type { Body } from "./body.ts";
import { ByteSink } from "./bytes.ts";
import { KEEP_ALIVE } from "./keep-alive.ts";
import { Deadline, TOO_LATE } from "./deadline.ts";
import { cutFault, type Fault } from "./fault.ts";
import type { Observe } from "./steps.ts";
import type { StreamEnding, StreamJudge, StreamReading } from "./stream-judge.ts";

/** Until when, and how much of a stream may be held back. */
export interface HoldLimits {
  /** In the readings of `performance.now()`. */
  until: number;
  bytes: number;
}

/** No hold limit: the client did not ask for a stream. */
export const UNLIMITED: HoldLimits = {
  until: Number.POSITIVE_INFINITY,
  bytes: Number.POSITIVE_INFINITY,
};

/** What came of holding a stream back. */
export type Held =
  | HeldStream
  /** It failed before anything was said. */
  | { kind: "fault"; fault: Fault }
  /** The connection broke off before a verdict. */
  | { kind: "broken" };

/** There is an answer, or a limit was reached: what was read goes out, then the rest. */
export interface HeldStream {
  kind: "relay";
  bytes: Uint8Array[];
  ending: StreamEnding | undefined;
  /** For how long there had been nothing but comments. */
  silentMs: number;
}

/**
 * Reads a stream, and keeps it, until its judge decides or a limit is reached. What had been read
 * by then is judged first. `headersAt`: when upstream's headers came (`performance.now()`).
 */
export async function holdStream(
  body: Body,
  judge: StreamJudge,
  limits: HoldLimits,
  observe: Observe,
  headersAt: number,
): Promise<Held> {
  const deadline = new Deadline();
  const kept = new ByteSink();
  let size = 0;
  let aliveAt = headersAt;
  try {
    while (size < limits.bytes) {
      let waited: unknown;
      try {
        waited = await deadline.wait(body.ready(), limits.until - performance.now());
      } catch {
        return concludeCut(judge, kept);
      }
      if (waited === TOO_LATE) break;
      const { value: chunk } = await body.nextSlice();
      const reading = chunk === undefined ? judge.end() : judge.feed(chunk);
      size += chunk?.length ?? 0;
      if (reading.isAlive) aliveAt = performance.now();
      const verdict = conclude(judge, reading, kept);
      if (verdict !== undefined) return verdict;
      observe({ kind: "held", bytes: size, comments: judge.comments });
    }
    return relay(kept, undefined, performance.now() - aliveAt);
  } finally {
    deadline.clear();
  }
}

/** The verdict at a cut: the last event may be there but for the LF of its blank line. */
function concludeCut(judge: StreamJudge, kept: ByteSink): Held {
  const cut = cutFault();
  const verdict = conclude(judge, judge.end(cut), kept);
  const isCut = verdict?.kind === "fault" && verdict.fault === cut;
  return verdict === undefined || isCut ? { kind: "broken" } : verdict;
}

/** Keeps what was read, and gives the verdict, where there can be one by now. */
function conclude(judge: StreamJudge, reading: StreamReading, kept: ByteSink): Held | undefined {
  for (const part of reading.bytes) kept.write(part);
  const { ending } = reading;
  if (ending?.kind === "failed" && !judge.isDecided) {
    return { kind: "fault", fault: ending.fault };
  }
  return ending !== undefined || judge.isDecided ? relay(kept, ending, 0) : undefined;
}

/** What was held goes out, and with its first byte the status line. */
function relay(kept: ByteSink, ending: StreamEnding | undefined, silentMs: number): HeldStream {
  // The server sends no status line before there is a first byte behind it.
  const bytes = [kept.size > 0 ? kept.take() : KEEP_ALIVE];
  return { kind: "relay", bytes, ending, silentMs };
}
