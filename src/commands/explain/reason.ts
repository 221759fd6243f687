import type { AnswerReading } from "../../core/answer-reading.ts";
import type { Config } from "../../config/config.ts";
import { type CandorAnswer, readCaptured } from "./answer.ts";
import type { Capture } from "./capture.ts";
import { type Course, followStream } from "./course.ts";
import type { AskedRequest } from "./request.ts";
import { meaningOf, RELAYED } from "./rules.ts";
import { judgeAnswer, pageFault, statusFault } from "../../core/answer-judge.ts";
import type { Fault } from "../../core/fault.ts";
import { claimedStatus, type StatusClaim } from "../../core/claim.ts";

/** What became of upstream's answer. */
export type Outcome =
  | "relayed"
  /** In place of upstream's answer goes an error, with its status. */
  | "repaired"
  /** The status line was out: an error event ends the stream. */
  | "failed in band"
  /** The status line was out, and nothing could say it but the connection. */
  | "broken off";

/** Why Candor answers as it does. */
export interface Reason {
  outcome: Outcome;
  /** What the rule means, or why the answer is good. */
  because: string;
  /** Where the status of the failure comes from; undefined where upstream named none. */
  claim: StatusClaim | undefined;
  /** For streams: what was decided, and at which event. */
  course: Course | undefined;
}

/** Finds out why Candor's answer is as it is, by the same judges. */
export async function findReason(
  capture: Capture,
  asked: AskedRequest,
  answer: CandorAnswer,
  config: Config,
): Promise<Reason> {
  const { rule } = answer;
  const outcome = outcomeOf(answer);
  const reading = await readCaptured(capture, asked, config);
  const isStream = reading.form === "event-stream";
  const { body, isCut } = capture;
  const course = isStream ? followStream(body, isCut, asked.dialect, config) : undefined;
  if (rule === undefined) {
    return { outcome, because: relayedBecause(reading), claim: undefined, course };
  }
  const fault = isStream ? course?.fault : faultOf(reading, capture, asked);
  // Another rule stands for what upstream put into no words: the wrong form, a cut.
  const claim = fault?.rule === rule ? claimedStatus(capture.status, fault) : undefined;
  const isUnasked = course !== undefined && rule === "unexpected-form";
  const shown = isUnasked ? unasked(course) : course;
  return { outcome, because: meaningOf(rule), claim, course: shown };
}

/** The course of a healthy stream for which nobody asked: it is over as soon as it is one. */
function unasked(course: Course): Course {
  return { ...course, steps: [{ kind: "unasked", place: course.steps[0]?.place }] };
}

function outcomeOf({ rule, isBroken, headers }: CandorAnswer): Outcome {
  if (rule === undefined) return "relayed";
  if (isBroken) return "broken off";
  const isRepaired = headers.get("proxy-status")?.endsWith(`details="${rule}"`) ?? false;
  return isRepaired ? "repaired" : "failed in band";
}

function relayedBecause({ form }: AnswerReading): string {
  // The two other forms are never relayed.
  return form === "status" || form === "broken" ? "" : RELAYED[form];
}

/** What is wrong with an answer that is no stream, as far as its own words say. */
function faultOf(
  reading: AnswerReading,
  { status, headers }: Capture,
  { fields, dialect }: AskedRequest,
): Fault | undefined {
  switch (reading.form) {
    case "status":
      return statusFault(status, reading.text);
    case "text":
      return pageFault(headers, reading.text);
    case "json":
      return judgeAnswer(reading.text, fields, dialect).fault;
    case "event-stream":
    case "binary":
    case "none":
    case "broken":
      return undefined;
  }
}
