import type { Claim } from "./claim.ts";
import { type JsonObject, objectAt } from "./json.ts";

/** The longest wait, in seconds, that we make from the reset of a limit. */
const LONGEST_MADE_WAIT = 60;

/** Numbers below are epoch seconds, above epoch milliseconds: the year 5138, or March 1973. */
const SECONDS_OR_MILLISECONDS = 1e11;

/** Statuses that a caller may simply try again, as the OpenAI SDKs do (408, 409, 429, 5xx). */
const TRANSIENT = new Set([408, 409, 429]);

/** The longest wait, in seconds, that is passed on: a longer one is a mistake. */
const LONGEST_WAIT = 86_400;

/** Header fields that providers put into `error.metadata.headers` instead of the answer's own. */
const LIFTED = new Set(
  ["limit", "remaining", "reset"]
    .flatMap((what) => [what, `${what}-requests`, `${what}-tokens`])
    .map((what) => `x-ratelimit-${what}`)
    .concat("retry-after", "retry-after-ms"),
);

/** A longer value is no number and no date, and many of them break Python's and Node's clients. */
const LONGEST_FIELD = 200;

/**
 * The header fields of a failed answer that tell the caller whether and when to try again:
 * `retry-after` (RFC 9110 §10.2.3), `x-should-retry` (read by the OpenAI SDKs), and the rate limit
 * fields that upstream only put into the body. `now` is in epoch milliseconds; `defaultWait`, in
 * seconds, is told where upstream told none for a 429 that is worth another try (0: none).
 */
export function retryAdvice(
  claim: Claim,
  upstreamHeaders: Headers,
  now: number,
  defaultWait: number,
): [name: string, value: string][] {
  const lifted = headersInMetadata(claim.metadata);
  const resetText = upstreamHeaders.get("x-ratelimit-reset") ?? lifted.get("x-ratelimit-reset");
  const reset = secondsUntil(readMoment(resetText ?? ""), now);
  const told = retryAfter(claim, upstreamHeaders, lifted, now) ?? shortWait(reset);
  const isDistant = told === undefined && reset !== undefined && reset > LONGEST_MADE_WAIT;
  const isWorthIt = shouldRetry(claim, told !== undefined, isDistant);
  const isDue = claim.status === 429 && isWorthIt && defaultWait > 0;
  // Codex CLI repeats a 429 only where there is a wait, and LangChain waits for nothing else.
  const wait = told ?? (isDue ? String(defaultWait) : undefined);
  const advice: [string, string][] = [["x-should-retry", String(isWorthIt)]];
  if (wait !== undefined) advice.push(["retry-after", wait]);
  for (const [name, value] of lifted) {
    if (name !== "retry-after" && !upstreamHeaders.has(name)) advice.push([name, value]);
  }
  return advice;
}

function shouldRetry(claim: Claim, hasWait: boolean, isDistant: boolean): boolean {
  const { status, availability, metadata } = claim;
  const told = [availability["retryable"], metadata["retryable"], limitAdvice(claim)];
  const decided = told.find((word) => typeof word === "boolean");
  if (typeof decided === "boolean") return decided;
  // 402 with a wait is OpenRouter's in-flight budget, which settles; without, an empty balance.
  if (status === 402) return hasWait;
  // A daily quota: more tries today only prolong the failure.
  if (status === 429 && isDistant) return false;
  return isTransient(status);
}

/**
 * What the limit that was reached says, by its name in `metadata.limit_source` or in the message:
 * what is under way settles; a day's quota, a balance or somebody's cap does not.
 */
function limitAdvice({ metadata, message = "" }: Claim): boolean | undefined {
  const source = metadata["limit_source"];
  const name = typeof source === "string" ? source : "";
  if (name === "openrouter_in_flight_budget") return true;
  const isLasting = /daily|credits|key|workspace|guardrail/.test(name);
  return isLasting || message.includes("free-models-per-day") ? false : undefined;
}

/** Whether a status alone says that another try may do better. */
export function isTransient(status: number): boolean {
  return TRANSIENT.has(status) || status >= 500;
}

/** `Retry-After` from the first place that names it in a form that can be read. */
function retryAfter(
  { metadata, availability }: Claim,
  upstreamHeaders: Headers,
  lifted: Map<string, string>,
  now: number,
): string | undefined {
  const liftedWait = lifted.get("retry-after") ?? "";
  return [
    readWait(upstreamHeaders.get("retry-after") ?? "", now),
    readSeconds(metadata["retry_after_seconds"]),
    readSeconds(isDate(liftedWait) ? secondsUntil(Date.parse(liftedWait), now) : liftedWait),
    readSeconds(availability["retry_after"]),
  ].find((wait) => wait !== undefined);
}

/** Delay seconds or an HTTP date (RFC 9110 §5.6.7), as it is; undefined for anything else. */
function readWait(value: string, now: number): string | undefined {
  const seconds = isDate(value) ? (Date.parse(value) - now) / 1000 : Number(value);
  const isReadable = isDate(value) || /^\d+$/.test(value);
  return isReadable && seconds <= LONGEST_WAIT ? value : undefined;
}

function isDate(value: string): boolean {
  const isShaped = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun).*\d\d:\d\d:\d\d/.test(value);
  return isShaped && !Number.isNaN(Date.parse(value));
}

/** A number of seconds from a JSON body, as whole seconds. */
function readSeconds(value: unknown): string | undefined {
  const isNumeric = typeof value === "number" || (typeof value === "string" && DECIMAL.test(value));
  const seconds = isNumeric ? Math.ceil(Number(value)) : -1;
  return seconds >= 0 && seconds <= LONGEST_WAIT ? String(seconds) : undefined;
}

/** A moment as RFC 3339 writes it. */
const DATE_AND_TIME = /^\d{4}-\d\d-\d\dT/;

/** The reset of a rate limit in epoch milliseconds; NaN where it cannot be read. */
export function readMoment(text: string): number {
  if (DATE_AND_TIME.test(text)) return Date.parse(text);
  const moment = text.trim() === "" ? Number.NaN : Number(text);
  return moment < SECONDS_OR_MILLISECONDS ? moment * 1000 : moment;
}

/** Whole seconds from now to a moment, both in epoch milliseconds; undefined where it is past. */
function secondsUntil(moment: number, now: number): number | undefined {
  return moment > now ? Math.ceil((moment - now) / 1000) : undefined;
}

/** Some SDK versions sleep for as long as they are told, so no long wait is ever made up. */
function shortWait(seconds: number | undefined): string | undefined {
  return seconds !== undefined && seconds <= LONGEST_MADE_WAIT ? String(seconds) : undefined;
}

/** A number as people write it, and not `0x10`, `1e3` or `Infinity`. */
const DECIMAL = /^\s*\d+(\.\d+)?\s*$/;

/** The fields of `error.metadata.headers` that are lifted, with lower-case names. */
function headersInMetadata(metadata: JsonObject): Map<string, string> {
  const headers = objectAt(metadata, "headers");
  const lifted = new Map<string, string>();
  for (const name in headers) {
    const lower = name.length <= LONGEST_FIELD ? name.toLowerCase() : "";
    const value = headers[name];
    const text = Number.isFinite(value) ? String(value) : value;
    const isValue =
      typeof text === "string" &&
      (lower !== "retry-after-ms" || DECIMAL.test(text)) &&
      text.length <= LONGEST_FIELD &&
      /^[\x21-\x7e][\x20-\x7e]*$/.test(text);
    if (isValue && LIFTED.has(lower)) lifted.set(lower, text);
  }
  return lifted;
}
