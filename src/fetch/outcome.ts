import type { Ending, Facts, Observe, ToldFault } from "../core/steps.ts";
import type { CallReading } from "./request-reading.ts";

/** What became of one call that upstream answered. */
export interface Outcome {
  method: string;
  /** The address that was asked for, with its query. */
  url: string;
  upstreamStatus: number;
  /** The status that the caller got; undefined where the call was aborted before there was one. */
  status: number | undefined;
  /** The failure of upstream that the caller was told. */
  failure: ToldFault | undefined;
  /** The failure came behind the status line: the status is a success, the body tells the error. */
  isInBand: boolean;
  ending: Ending;
  /** What upstream told beside the answer: its id, the provider, tokens, cost. */
  facts: Facts;
  /** From the call to the answer, and to its end, in milliseconds. */
  answeredMs: number | undefined;
  ms: number;
}

/**
 * Makes the outcome of a call from its steps, and gives it to `tell` once the call is over. A call
 * that upstream did not answer has none: it rejects.
 */
export function watchCall(
  { address, method }: CallReading,
  calledAt: number,
  tell: (outcome: Outcome) => void,
): Observe {
  const outcome: Outcome = {
    method,
    url: address,
    upstreamStatus: 0,
    status: undefined,
    failure: undefined,
    isInBand: false,
    ending: "whole",
    facts: {},
    answeredMs: undefined,
    ms: 0,
  };
  const passedMs = () => performance.now() - calledAt;
  return (step) => {
    switch (step.kind) {
      case "headers":
        outcome.upstreamStatus = step.status;
        break;
      case "facts":
        Object.assign(outcome.facts, step.facts);
        break;
      case "committed":
        outcome.status = step.status;
        outcome.answeredMs = passedMs();
        break;
      case "repaired":
        outcome.status = step.fault.status;
        outcome.failure = step.fault;
        outcome.answeredMs = passedMs();
        break;
      case "in-band":
        outcome.failure = step.fault;
        outcome.isInBand = true;
        break;
      case "ended":
        if (outcome.upstreamStatus !== 0) tell({ ...outcome, ending: step.ending, ms: passedMs() });
    }
  };
}
