import type { ExchangeRecord } from "./record.ts";

/** What a line of the log is about; `silent` is no line's. */
export type Level = "debug" | "info" | "warn" | "error";

/** From all to nothing. */
export const LEVELS = ["debug", "info", "warn", "error", "silent"];

/** Refusals that somebody who runs Candor can do something about. */
const OPERATORS_REFUSALS = new Set(["wrong-key", "foreign-host", "foreign-origin", "foreign-page"]);

/** Upstream's own statuses that tell of its health, or of the key and its credits. */
const OPERATORS_STATUSES = new Set([401, 402, 429]);

/**
 * The level of a finished exchange. `warn` is an answer that is not upstream's own, or a problem
 * for whoever runs Candor; never a closed tab, a mistake of a caller, or a scanner's 404.
 */
export function levelOf(record: ExchangeRecord): Level {
  const { outcome = "relayed", rule = "", status = 0, upstreamStatus = 0 } = record;
  switch (outcome) {
    case "bug":
      return "error";
    case "failed-in-band":
    case "broken-off":
    case "no-answer":
      return "warn";
    case "repaired":
      return upstreamStatus < 400 || isOperators(upstreamStatus) ? "warn" : "info";
    case "refused":
      return OPERATORS_REFUSALS.has(rule) || status >= 500 ? "warn" : "info";
    case "relayed":
    case "tail-lost":
    case "client-left":
    case "client-stalled":
      return "info";
  } // no default: the compiler reports a missing case
}

function isOperators(status: number): boolean {
  return status >= 500 || OPERATORS_STATUSES.has(status);
}
