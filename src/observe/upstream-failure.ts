import type { Outcome } from "./record.ts";

/** How upstream failed in an exchange: not at all, in its status line, or hidden behind a success. */
export type UpstreamFailure = "none" | "open" | "hidden";

/** The parts of a record that tell how upstream failed. */
export interface FailureFacts {
  outcome?: Outcome | undefined;
  rule?: string | undefined;
  upstreamStatus?: number | undefined;
}

/**
 * How upstream failed. Hidden: its status line said success, and the answer failed. What Candor or
 * the client brought about (a shutdown, a refusal, a closed tab) is no failure of upstream.
 */
export function upstreamFailure(facts: FailureFacts): UpstreamFailure {
  const { outcome = "relayed", rule, upstreamStatus } = facts;
  switch (outcome) {
    case "repaired":
    case "failed-in-band":
    case "broken-off":
      if (rule === undefined || rule === "shutdown") return "none";
      return upstreamStatus !== undefined && upstreamStatus < 400 ? "hidden" : "open";
    case "no-answer":
      return rule === "shutdown" ? "none" : "open";
    case "relayed":
    case "tail-lost":
    case "refused":
    case "client-left":
    case "client-stalled":
    case "bug":
      return "none";
  }
}
