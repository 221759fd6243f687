import type { Failure } from "./failure.ts";

/** Fields that only a proxy adds (RFC 7239 §4, RFC 9110 §7.6.3). */
const FORWARDED_BY = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/** How long an answer may be held back. */
export interface HoldSettings {
  streamHoldMs: number;
  forwardedHoldMs: number;
  upstreamTimeoutMs: number;
}

/** Whether a request came through another proxy, which has a limit of its own for silent answers. */
export function isForwarded(headers: Headers): boolean {
  return FORWARDED_BY.some((name) => headers.has(name));
}

/**
 * How long the answer to a request may be held back, in milliseconds: what it asks for itself by
 * `x-candor-hold-ms`, else what the settings say.
 */
export function readHoldMs(headers: Headers, config: HoldSettings): number | Failure {
  const { streamHoldMs, forwardedHoldMs, upstreamTimeoutMs } = config;
  const name = "x-candor-hold-ms";
  const text = headers.get(name);
  if (text === null) {
    return isForwarded(headers) ? Math.min(streamHoldMs, forwardedHoldMs) : streamHoldMs;
  }
  if (/^\d+$/.test(text) && Number(text) <= upstreamTimeoutMs) return Number(text);
  const problem = `"${text}" is not a whole number from 0 to ${upstreamTimeoutMs}.`;
  return { kind: "bad-header", name, problem };
}
