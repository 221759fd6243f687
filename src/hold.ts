import type { Body } from "./body.ts";
import { type Deadline, TOO_LATE } from "./deadline.ts";
import { cutFault, type Fault } from "./wire/fault.ts";
import type { StreamEnding, StreamJudge } from "./wire/stream-judge.ts";

/** How long, counted from now, and how much of a stream may be held back. */
export interface HoldLimits {
  ms: number;
  bytes: number;
}

/** What came of holding a stream back. */
export type Held =
  /** There is an answer, or a limit was reached: what was read goes out, then the rest. */
  | { kind: "relay"; bytes: Uint8Array[]; ending: StreamEnding | undefined }
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
  const endsAt = performance.now() + limits.ms;
  const bytes: Uint8Array[] = [];
  let size = 0;
  try {
    while (size < limits.bytes) {
      const read = await deadline.wait(body.peek(), endsAt - performance.now());
      if (read === TOO_LATE) break;
      const { value: chunk } = await body.next();
      const reading = chunk === undefined ? judge.end() : judge.feed(chunk);
      // Copies: a chunk of a few bytes may keep a page of memory.
      for (const part of reading.bytes) bytes.push(new Uint8Array(part));
      size += chunk?.length ?? 0;
      const verdict = conclude(judge, reading.ending, bytes);
      if (verdict !== undefined) return verdict;
    }
    return { kind: "relay", bytes: visible(bytes), ending: undefined };
  } catch (error) {
    // The last event may be there but for the LF of its blank line.
    const cut = cutFault();
    const last = judge.end(cut);
    const verdict = conclude(judge, last.ending, [...bytes, ...last.bytes]);
    const isCut = verdict?.kind === "fault" && verdict.fault === cut;
    return verdict === undefined || isCut ? { kind: "broken", error } : verdict;
  } finally {
    deadline.clear();
  }
}

/** The verdict, where what was read so far allows one. */
function conclude(
  judge: StreamJudge,
  ending: StreamEnding | undefined,
  bytes: Uint8Array[],
): Held | undefined {
  if (ending?.kind === "failed" && !judge.isDecided) return { kind: "fault", fault: ending.fault };
  return ending !== undefined || judge.isDecided ? { kind: "relay", bytes, ending } : undefined;
}

/** What makes the status line go out, although nothing was decided: what is held, or a comment. */
function visible(held: Uint8Array[]): Uint8Array[] {
  return held.length > 0 ? held : [FIRST_SIGN];
}
