import type { Seen } from "./seen.ts";
import type { Situation } from "./situations.ts";

/** What a caller was told, the worst first. */
const GRADES = [
  /** A failure was taken for success. */
  "silent success",
  /** A good answer was lost. */
  "answer lost",
  /** It waits, and nobody knows for what. */
  "hangs",
  /** An error of the client's parser, not of its own kind. */
  "crash",
  /** It tries again, or waits to, what cannot help, and is still at it when its time is over. */
  "tries in vain",
  /** An error with a status that is not true. */
  "wrong status",
  "right",
] as const;

export type Grade = (typeof GRADES)[number];

/** How true what the caller got is. */
export function gradeOf(situation: Situation, seen: Seen): Grade {
  if (situation.answer !== undefined) {
    return seen.outcome === "answer" && situation.answer.test(seen.text) ? "right" : "answer lost";
  }
  if (seen.outcome === "answer") return "silent success";
  // A client that goes on trying what may help has understood: how often is its own affair.
  if (seen.outcome === "none" && !situation.isTransient) return "tries in vain";
  if (seen.outcome === "none") return seen.requests > 1 ? "right" : "hangs";
  if (seen.crash) return "crash";
  const { status } = seen;
  const isTrue = status === undefined || isTrueStatus(situation, status);
  return isTrue ? "right" : "wrong status";
}

/**
 * In which way the caller is worse off with Candor than without it; undefined where it is not. With
 * `habit`, what the client makes of the same failure where OpenRouter itself tells it by a status:
 * to try that in vain is the client's own way.
 */
export function worseWith(
  situation: Situation,
  straight: Seen,
  candor: Seen,
  habit?: Seen,
): string | undefined {
  const [before, after] = [gradeOf(situation, straight), gradeOf(situation, candor)];
  const [old, now] = [GRADES.indexOf(before), GRADES.indexOf(after)];
  const isHabit = habit !== undefined && habit.requests >= candor.requests;
  if (now < old && after === "tries in vain" && isHabit) return undefined;
  if (now !== old) return now < old ? `${after}, straight ${before}` : undefined;
  if (situation.answer !== undefined || candor.outcome === "none") return undefined;
  const { cause, isTransient, status } = situation;
  if (cause !== undefined && straight.message.includes(cause) && !candor.message.includes(cause)) {
    return "the cause is lost";
  }
  if (straight.text !== "" && candor.text === "" && candor.outcome === "error") {
    return "the text before the failure is lost";
  }
  if (status !== undefined && straight.status === status && candor.status !== status) {
    return "the status is lost";
  }
  if (isTransient && straight.requests > 1 && candor.requests <= 1) return "not tried again";
  if (!isTransient && !isHabit && candor.requests > straight.requests) {
    return `${candor.requests} requests, straight ${straight.requests}`;
  }
  return undefined;
}

/** Where OpenRouter named none, any status of an error is true. */
function isTrueStatus({ status }: Situation, seen: number): boolean {
  return status === undefined ? seen >= 400 : seen === status;
}
