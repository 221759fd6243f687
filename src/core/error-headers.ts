import type { Claim } from "./claim.ts";
import type { Fault } from "./fault.ts";
import { replacedResponseHeaders } from "./response-fields.ts";
import { retryAdvice } from "./retry-advice.ts";

/**
 * The header fields of the answer for a fault of upstream. `now`, in epoch milliseconds, turns
 * resets into waits; `defaultWait` is in seconds.
 */
export function errorHeaders(
  fault: Fault,
  claim: Claim,
  upstream: { status: number; headers: Headers },
  now: number,
  defaultWait: number,
): Headers {
  const headers = replacedResponseHeaders(upstream.headers);
  headers.delete("retry-after");
  for (const [name, value] of retryAdvice(claim, upstream.headers, now, defaultWait))
    headers.set(name, value);
  setErrorHeaders(headers, `received-status=${upstream.status}; details="${fault.rule}"`);
  return headers;
}

/** A list (RFC 8941 §3.1) such as `Proxy-Status`, as precise as it takes to find its members. */
const VALUE = String.raw`(?:"(?:[^"\\]|\\.)*"|[^\s;,"]+)`;
const MEMBER = String.raw`${VALUE}(?:;\s*[^\s;,="]+(?:=${VALUE})?)*`;
const LIST = new RegExp(String.raw`^${MEMBER}(?:\s*,\s*${MEMBER})*$`);

/** A longer list is no proxy's, and takes long to read. */
const LONGEST_LIST = 2000;

/** Sets what every error answer has. `proxyStatus` are the parameters of RFC 9209 §2.1. */
export function setErrorHeaders(headers: Headers, proxyStatus: string): void {
  headers.set("content-type", "application/json");
  headers.set("cache-control", "no-store");
  // RFC 9209 §2: each proxy on the way appends its member. Nobody could read ours behind a value
  // that is no list.
  const given = headers.get("proxy-status") ?? "";
  if (given.length > LONGEST_LIST || !LIST.test(given)) headers.delete("proxy-status");
  headers.append("proxy-status", `candor; ${proxyStatus}`);
}
