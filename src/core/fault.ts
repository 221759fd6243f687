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
}

/** A fault that upstream did not put into words. */
export function silentFault(rule: Rule, sentence: string, beside: JsonObject = {}): Fault {
  return { rule, error: undefined, beside, sentence };
}

/** The connection to upstream ended before its answer did. */
export function cutFault(): Fault {
  return silentFault("cut", "The connection to upstream broke off before the answer was complete.");
}

/** The proxy itself ends a stream. */
export function shutdownFault(): Fault {
  const message = "The proxy was shut down before the answer was complete.";
  return { ...silentFault("shutdown", message), error: { code: "proxy_shutdown", message } };
}

/** Upstream kept silent within a stream. The status, which no header can carry now, is 504. */
export function silenceFault(afterMs: number): Fault {
  const message = `Upstream sent no event for ${afterMs} ms (STREAM_IDLE_TIMEOUT_MS).`;
  return { ...silentFault("silence", message), error: { code: 504, message } };
}

/** An answer that is no event stream was not complete in time. */
export function timeoutFault(afterMs: number): Fault {
  const message = `Upstream's answer was not complete within ${Math.round(afterMs)} ms (UPSTREAM_TIMEOUT_MS).`;
  return { ...silentFault("upstream-timeout", message), error: { code: 504, message } };
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
