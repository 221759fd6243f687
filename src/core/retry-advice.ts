import type { Claim } from "./claim.ts";
import { type JsonObject, objectAt } from "./json.ts";

/** The longest wait, in seconds, that we make from the reset of a limit. */
const LONGEST_MADE_WAIT = 60;

/** Numbers below are epoch seconds, above epoch milliseconds: the year 5138, or March 1973. */
const SECONDS_OR_MILLISECONDS = 1e11;

/** Statuses that a caller may simply try again, as the OpenAI SDKs do (408, 409, 429, 5xx). */
const TRANSIENT = new Set([408, 409, 429]);

/** Header fields that providers put into `error.metadata.headers` instead of the answer's own. */
const LIFTED = /^(x-ratelimit-[a-z0-9-]+|retry-after-ms)$/;

/**
 * The header fields of a failed answer that tell the caller whether and when to try again:
 * `retry-after` (RFC 9110 §10.2.3), `x-should-retry` (read by the OpenAI SDKs), and the rate limit
 * fields that upstream only put into the body. `now` is in epoch milliseconds.
 */
export function retryAdvice(
  claim: Claim,
  upstreamHeaders: Headers,
  now: number,
): [name: string, value: string][] {
  const lifted = headersInMetadata(claim.metadata);
  const resetText = upstreamHeaders.get("x-ratelimit-reset") ?? lifted.get("x-ratelimit-reset");
  const reset = secondsUntil(readMoment(resetText ?? ""), now);
  const wait = retryAfter(claim, upstreamHeaders, lifted, now) ?? shortWait(reset);
  const isDistant = wait === undefined && reset !== undefined && reset > LONGEST_MADE_WAIT;
  const advice: [string, string][] = [
    ["x-should-retry", String(shouldRetry(claim, wait !== undefined, isDistant))],
  ];
  if (wait !== undefined) advice.push(["retry-after", wait]);
  for (const [name, value] of lifted) {
    if (LIFTED.test(name) && !upstreamHeaders.has(name)) advice.push([name, value]);
  }
  return advice;
}

function shouldRetry(
  { status, availability }: Claim,
  hasWait: boolean,
  isDistant: boolean,
): boolean {
  const { retryable } = availability;
  if (typeof retryable === "boolean") return retryable;
  // 402 with a wait is OpenRouter's in-flight budget, which settles; without, an empty balance.
  if (status === 402) return hasWait;
  // A daily quota: more tries today only prolong the failure.
  if (status === 429 && isDistant) return false;
  return isTransient(status);
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
    readWait(upstreamHeaders.get("retry-after") ?? ""),
    readSeconds(metadata["retry_after_seconds"]),
    readSeconds(isDate(liftedWait) ? secondsUntil(Date.parse(liftedWait), now) : liftedWait),
    readSeconds(availability["retry_after"]),
  ].find((wait) => wait !== undefined);
}

/** Delay seconds or an HTTP date (RFC 9110 §5.6.7), as it is; undefined for anything else. */
function readWait(value: string): string | undefined {
  return isDate(value) || /^\d+$/.test(value) ? value : undefined;
}

function isDate(value: string): boolean {
  const isShaped = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun).*\d\d:\d\d:\d\d/.test(value);
  return isShaped && !Number.isNaN(Date.parse(value));
}

/** A number of seconds from a JSON body, as whole seconds. */
function readSeconds(value: unknown): string | undefined {
  const isNumeric = typeof value === "number" || (typeof value === "string" && value.trim() !== "");
  const seconds = isNumeric ? Math.ceil(Number(value)) : -1;
  return Number.isSafeInteger(seconds) && seconds >= 0 ? String(seconds) : undefined;
}

/** The reset of a rate limit in epoch milliseconds; NaN where it cannot be read. */
function readMoment(text: string): number {
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

/** `error.metadata.headers` with lower-case names, as far as the values can be header values. */
function headersInMetadata(metadata: JsonObject): Map<string, string> {
  const headers = Object.entries(objectAt(metadata, "headers"));
  return new Map(
    headers.flatMap(([name, value]): [string, string][] => {
      const text = typeof value === "number" ? String(value) : value;
      const isValue = typeof text === "string" && /^[\x21-\x7e][\x20-\x7e]*$/.test(text);
      return isValue ? [[name.toLowerCase(), text]] : [];
    }),
  );
}
