import { type ErrorBody, errorNames, toErrorBody } from "./error-body.ts";
import { describeFailure, type Failure } from "./failure.ts";
import type { Fault } from "./fault.ts";
import { replacedResponseHeaders } from "./response-fields.ts";
import { isTransient, retryAdvice } from "./retry-advice.ts";
import { trueStatus } from "./claim.ts";

/** A failed answer as the client receives it: always JSON, always with its true status. */
export interface ErrorAnswer {
  status: number;
  headers: Headers;
  body: ErrorBody;
  /** What decided: the rule of the verdict, or the kind of our own failure. For the log. */
  rule: string;
}

/** The answer for a fault of upstream. `now`, in epoch milliseconds, turns resets into waits. */
export function answerFault(
  fault: Fault,
  upstream: { status: number; headers: Headers },
  now: number,
): ErrorAnswer {
  const status = trueStatus(upstream.status, fault);
  const headers = replacedResponseHeaders(upstream.headers);
  headers.delete("retry-after");
  for (const [name, value] of retryAdvice(status, fault, upstream.headers, now)) {
    headers.set(name, value);
  }
  setErrorHeaders(headers, `received-status=${upstream.status}; details="${fault.rule}"`);
  return { status, headers, body: toErrorBody(status, fault), rule: fault.rule };
}

/** The answer for a failure of our own. */
export function answerFailure(failure: Failure): ErrorAnswer {
  const { status, message, code, param, headers: extra, proxyError } = describeFailure(failure);
  const headers = new Headers(extra);
  headers.set("x-should-retry", String(isTransient(status)));
  setErrorHeaders(headers, `error=${proxyError}; details="${failure.kind}"`);
  const names = errorNames(status);
  const error = { message, type: names.type, param: param ?? null, code: code ?? names.code };
  return { status, headers, body: { error }, rule: failure.kind };
}

/** A list (RFC 8941 §3.1) as `Proxy-Status` is one, as far as it takes to find its members. */
const VALUE = String.raw`(?:"(?:[^"\\]|\\.)*"|[^\s;,"]+)`;
const MEMBER = String.raw`${VALUE}(?:;\s*[^\s;,="]+(?:=${VALUE})?)*`;
const LIST = new RegExp(String.raw`^${MEMBER}(?:\s*,\s*${MEMBER})*$`);

function setErrorHeaders(headers: Headers, proxyStatus: string): void {
  headers.set("content-type", "application/json");
  headers.set("cache-control", "no-store");
  // RFC 9209 §2: each proxy on the way appends its member. Behind what is no list nobody reads it.
  if (!LIST.test(headers.get("proxy-status") ?? "")) headers.delete("proxy-status");
  headers.append("proxy-status", `candor; ${proxyStatus}`);
}
