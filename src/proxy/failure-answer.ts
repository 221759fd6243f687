import { type ErrorBody, errorNames, ownMessage } from "../core/error-body.ts";
import { setErrorHeaders } from "../core/error-headers.ts";
import { isTransient } from "../core/retry-advice.ts";
import { describeFailure, type Failure } from "./failure.ts";

/** The answer to a failure of our own, in the form that the OpenAI SDKs read. */
export interface FailureReply {
  status: number;
  headers: Headers;
  body: ErrorBody;
}

/** Answers a failure of our own. */
export function replyToFailure(failure: Failure): FailureReply {
  const {
    status,
    message: sentence,
    code,
    param,
    headers: extra,
    proxyError,
  } = describeFailure(failure);
  const headers = new Headers(extra);
  headers.set("x-should-retry", String(isTransient(status)));
  setErrorHeaders(headers, `error=${proxyError}; details="${failure.kind}"`);
  const names = errorNames(status);
  const message = ownMessage(status, sentence);
  const error = { message, type: names.type, param: param ?? null, code: code ?? names.code };
  return { status, headers, body: { error } };
}
