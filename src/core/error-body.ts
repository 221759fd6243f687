import type { Claim } from "./claim.ts";
import type { ErrorForm } from "./dialect.ts";
import type { Fault } from "./fault.ts";
import { isObject, type JsonObject, publicObject, publicValue, saysSomething } from "./json.ts";

/** An error as the OpenAI SDKs read it (https://platform.openai.com/docs/guides/error-codes). */
export interface ErrorObject extends JsonObject {
  message: string;
  type: string;
  param: string | null;
  code: string | null;
}

/** The body of an error answer, and the data of an error event. */
export interface ErrorBody extends JsonObject {
  error: ErrorObject;
}

/**
 * The error as it is. In band, where no status line can tell it, it holds its `status` too, by which
 * Vercel's `ai` decides whether another try is worth it (normalize-stream-provider-error.ts).
 */
export const openaiErrors: ErrorForm = {
  answerBody: (_status, body) => body,
  event(status, body) {
    const error = { status, ...body.error };
    return `data: ${JSON.stringify({ ...body, error })}\n\n`;
  },
};

/** What OpenAI calls a failure with this status: `type` always, `code` where there is no better. */
const NAMES: Record<number, { type: string; code: string }> = {
  401: { type: "authentication_error", code: "invalid_api_key" },
  402: { type: "insufficient_quota", code: "insufficient_quota" },
  403: { type: "permission_error", code: "permission_denied" },
  404: { type: "invalid_request_error", code: "not_found" },
  408: { type: "timeout_error", code: "timeout" },
  412: { type: "invalid_request_error", code: "precondition_failed" },
  413: { type: "invalid_request_error", code: "payload_too_large" },
  422: { type: "invalid_request_error", code: "unprocessable" },
  429: { type: "rate_limit_error", code: "rate_limit_exceeded" },
  502: { type: "server_error", code: "provider_unavailable" },
  503: { type: "server_error", code: "provider_overloaded" },
  504: { type: "server_error", code: "timeout" },
  524: { type: "server_error", code: "timeout" },
  529: { type: "server_error", code: "provider_overloaded" },
};
const OTHER_CLIENT_ERROR = { type: "invalid_request_error", code: "invalid_request" };
const OTHER_SERVER_ERROR = { type: "server_error", code: "server_error" };

/** The OpenAI `type` of a failure with this status, and the `code` it has by default. */
export function errorNames(status: number): { type: string; code: string } {
  return NAMES[status] ?? (status < 500 ? OTHER_CLIENT_ERROR : OTHER_SERVER_ERROR);
}

/**
 * A fault in OpenAI's form. Whatever upstream put into its error object or beside it stays where it
 * was, but for `user_id`, which names the owner of the key. `code` is text: typed clients break on
 * OpenRouter's number, which belongs in the status line.
 */
export function toErrorBody(claim: Claim, fault: Fault): ErrorBody {
  const upstream = isObject(fault.error) ? fault.error : {};
  const { message: _text, type: _type, param, code: _code, ...rest } = upstream;
  const { error: _silent, ...beside } = fault.beside;
  return {
    error: {
      message: errorMessage(fault),
      type: errorNames(claim.status).type,
      param: typeof param === "string" ? param : null,
      code: claim.code ?? defaultCode(claim),
      ...publicObject(rest),
    },
    ...publicObject(beside),
  };
}

/** Upstream's message; one that is not text as its JSON; our sentence where there is none. */
function errorMessage({ error, sentence }: Fault): string {
  const message = isObject(error) ? error["message"] : error;
  const isMissing = message === undefined || message === null || error === true;
  return isMissing || asText(message).trim() === "" ? sentence : asText(message);
}

/** A text as it is, anything else as its JSON. */
function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(publicValue(value));
}

function defaultCode({ status, metadata }: Claim): string {
  // A 401 with a provider's name: the provider refused OpenRouter, the caller's key is fine.
  const isProviders = status === 401 && saysSomething(metadata["provider_name"]);
  return isProviders ? "provider_authentication_error" : errorNames(status).code;
}
