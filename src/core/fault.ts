import { isObject, type JsonObject, saysSomething } from "./json.ts";
import { statusFromNumber } from "./claim.ts";

/** The rule of the verdict that condemned an answer; named in `Proxy-Status` and in the log. */
export type Rule =
  | "error-status"
  | "error-in-body"
  | "error-in-choice"
  | "error-in-event"
  | "unexpected-status"
  | "unexpected-form"
  | "empty-body"
  | "not-json"
  | "too-complex"
  | "no-answer"
  | "failed-generation"
  | "malformed-event"
  | "ended-early"
  | "cut"
  | "silence"
  | "upstream-timeout"
  | "shutdown";

/** What is wrong with an answer of upstream, and everything upstream said about it. */
export interface Fault {
  rule: Rule;
  /** What stood under `error`: mostly an object, also text or `true`; undefined if nothing did. */
  error: unknown;
  /** The fields that stood beside `error`. */
  beside: JsonObject;
  /** A sentence for the caller, where upstream gave none. */
  sentence: string;
  /** Whether `beside` is an error of OAuth (RFC 6749 §5.2), whose clients read no other form. */
  isOauth?: boolean;
}

/** A fault that upstream did not put into words. */
export function silentFault(rule: Rule, sentence: string, beside: JsonObject = {}): Fault {
  return { rule, error: undefined, beside, sentence };
}

/** The rules whose faults break the client's stream off behind the error event. */
const BROKEN: ReadonlySet<Rule> = new Set<Rule>([
  "cut",
  "malformed-event",
  "silence",
  "shutdown",
  "upstream-timeout",
]);

/**
 * Whether upstream's connection broke, or was given up: a dozen clients read no error in band, and
 * would take a clean end for success.
 */
export function isBreak({ rule }: Fault): boolean {
  return BROKEN.has(rule);
}

/** Whether Candor found a fault that upstream did not report. */
export function isOwnFinding({ rule }: Fault): boolean {
  return BROKEN.has(rule) || rule === "ended-early";
}

/** The connection to upstream ended before its answer did. */
export function cutFault(): Fault {
  return silentFault("cut", "The connection to upstream broke off before the answer was complete.");
}

/** The proxy itself ends a stream. */
export function shutdownFault(): Fault {
  const sentence = "The proxy was shut down before the answer was complete.";
  return { ...silentFault("shutdown", sentence), error: { code: "proxy_shutdown", status: 503 } };
}

/** Upstream kept silent within a stream. The status, which no header can carry now, is 504. */
export function silenceFault(afterMs: number): Fault {
  const sentence = `Upstream sent no event for ${afterMs} ms (STREAM_IDLE_TIMEOUT_MS).`;
  return { ...silentFault("silence", sentence), error: { code: 504 } };
}

/** An answer that is no event stream was not complete in time. */
export function timeoutFault(afterMs: number): Fault {
  const sentence = `Upstream's answer was not complete within ${Math.round(afterMs)} ms (UPSTREAM_TIMEOUT_MS).`;
  return { ...silentFault("upstream-timeout", sentence), error: { code: 504 } };
}

/**
 * The error that a parsed answer, or the data of an event, is about: its `error` where that says
 * something, the same in the first item of an array (as Google wraps it), or the answer itself
 * where it is a bare `{message, code}` with a failure's code. Undefined if it holds no error.
 */
export function findError(value: unknown, rule: Rule): Fault | undefined {
  if (Array.isArray(value)) return isObject(value[0]) ? findError(value[0], rule) : undefined;
  if (!isObject(value)) return undefined;
  const sentence = "Upstream reported an error and did not say which.";
  if (saysSomething(value["error"])) {
    const { error, ...beside } = value;
    return { rule, error, beside, sentence };
  }
  if (isBareError(value)) return { rule, error: value, beside: {}, sentence };
  return undefined;
}

function isBareError(value: JsonObject): boolean {
  const holdsAnswer = "choices" in value || "data" in value || "output" in value;
  return "message" in value && statusFromNumber(value["code"]) !== undefined && !holdsAnswer;
}
