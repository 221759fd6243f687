import type { Body } from "./body.ts";
import { type Deadline, TOO_LATE } from "./deadline.ts";
import type { Fault } from "./wire/fault.ts";
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
      if (reading.ending?.kind === "failed" && !judge.isDecided) {
        return { kind: "fault", fault: reading.ending.fault };
      }
      if (reading.ending !== undefined || judge.isDecided) {
        return { kind: "relay", bytes, ending: reading.ending };
      }
    }
    return { kind: "relay", bytes: visible(bytes), ending: undefined };
  } catch (error) {
    return { kind: "broken", error };
  }
}

/** What makes the status line go out, although nothing was decided: what is held, or a comment. */
function visible(held: Uint8Array[]): Uint8Array[] {
  return held.length > 0 ? held : [FIRST_SIGN];
}
