import type { StatusClaim } from "../../core/claim.ts";
import type { Step, ToldFault } from "../../core/steps.ts";
import type { CandorAnswer } from "./answer.ts";
import type { Capture } from "./capture.ts";
import { type Course, courseOf } from "./course.ts";
import { meaningOf, RELAYED } from "./rules.ts";

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
  /** Why the answer is not upstream's; undefined where it is. */
  rule: string | undefined;
  /** What the rule means, or why the answer is good. */
  because: string;
  /** Where the status of the failure comes from; undefined where upstream named none. */
  claim: StatusClaim | undefined;
  /** For streams: what was decided, and at which event. */
  course: Course | undefined;
}

/** Why Candor's answer is as it is, as its steps tell. */
export function findReason(
  { body, isCut }: Capture,
  answer: CandorAnswer,
  maxEventBytes: number,
): Reason {
  const { steps } = answer;
  const form = steps.find((step) => step.kind === "form")?.form;
  const course = form === "event-stream" ? courseOf(body, steps, isCut, maxEventBytes) : undefined;
  const fault = faultOf(steps);
  const outcome = outcomeOf(answer);
  if (fault === undefined) {
    const because = form === undefined ? "" : RELAYED[form];
    return { outcome, rule: undefined, because, claim: undefined, course };
  }
  const { rule, claim } = fault;
  return { outcome, rule, because: meaningOf(rule), claim, course };
}

function faultOf(steps: Step[]): ToldFault | undefined {
  for (const step of steps) {
    if (step.kind === "repaired" || step.kind === "in-band") return step.fault;
  }
  return undefined;
}

function outcomeOf({ steps, isBroken }: CandorAnswer): Outcome {
  if (isBroken) return "broken off";
  if (steps.some(({ kind }) => kind === "repaired")) return "repaired";
  return steps.some(({ kind }) => kind === "in-band") ? "failed in band" : "relayed";
}
