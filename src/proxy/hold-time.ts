import type { Failure } from "./failure.ts";

/** Fields that only a proxy adds (RFC 7239 §4, RFC 9110 §7.6.3). */
const FORWARDED_BY = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/** How long an answer may be held back. */
export interface HoldSettings {
  streamHoldMs: number;
  forwardedHoldMs: number;
  upstreamTimeoutMs: number;
}

/** How long the answer to a request may be held back, and by whom else it is waited for. */
export interface Hold {
  /** In milliseconds from the request's arrival. */
  holdMs: number;
  /** It came through another proxy, which has a limit of its own for silent answers. */
  isForwarded: boolean;
}

/** The hold of a request: what it asks for itself by `x-candor-hold-ms`, else what the settings say. */
export function readHold(headers: Headers, config: HoldSettings): Hold | Failure {
  const { streamHoldMs, forwardedHoldMs, upstreamTimeoutMs } = config;
  const isForwarded = FORWARDED_BY.some((field) => headers.has(field));
  const name = "x-candor-hold-ms";
  const text = headers.get(name);
  if (text === null) {
    const holdMs = isForwarded ? Math.min(streamHoldMs, forwardedHoldMs) : streamHoldMs;
    return { holdMs, isForwarded };
  }
  const holdMs = Number(text);
  if (/^\d+$/.test(text) && holdMs <= upstreamTimeoutMs) return { holdMs, isForwarded };
  const problem = `"${text}" is not a whole number from 0 to ${upstreamTimeoutMs}.`;
  return { kind: "bad-header", name, problem };
}
