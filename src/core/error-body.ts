import type { Claim } from "./claim.ts";
import { holdsContent } from "./content.ts";
import type { Fault } from "./fault.ts";
import { isObject, type JsonObject, publicObject, publicValue, saysSomething } from "./json.ts";
import { REASONS } from "./reasons.ts";

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

/** What OpenAI calls a failure with this status, its `type`; all others are named by their class. */
const TYPES: Record<number, string> = {
  401: "authentication_error",
  402: "insufficient_quota",
  403: "permission_error",
  408: "timeout_error",
  429: "rate_limit_error",
};

/** The `code` of a failure with this status, where there is no better word. */
const CODES: Record<number, string> = {
  401: "invalid_api_key",
  402: "insufficient_quota",
  403: "permission_denied",
  404: "not_found",
  405: "method_not_allowed",
  408: "timeout",
  410: "gone",
  412: "precondition_failed",
  413: "payload_too_large",
  422: "unprocessable",
  429: "rate_limit_exceeded",
  502: "provider_unavailable",
  503: "provider_overloaded",
  504: "timeout",
  524: "timeout",
  529: "provider_overloaded",
};

/** The OpenAI `type` of a failure with this status, and the `code` it has by default. */
export function errorNames(status: number): { type: string; code: string } {
  const [type, code] =
    status < 500 ? ["invalid_request_error", "invalid_request"] : ["server_error", "server_error"];
  return { type: TYPES[status] ?? type, code: CODES[status] ?? code };
}

/**
 * A sentence of Candor's own, behind the status and its standard words: agents decide by them
 * whether to try again.
 */
export function ownMessage(status: number, sentence: string): string {
  const reason = REASONS[status];
  return reason === undefined ? `${status}: ${sentence}` : `${status} ${reason}: ${sentence}`;
}

/**
 * A fault in OpenAI's form. Whatever upstream put into its error object or beside it stays where it
 * was, but for `user_id`, which names the owner of the key. `code` is the word for the failure.
 */
export function toErrorBody(claim: Claim, fault: Fault): ErrorBody {
  const upstream = isObject(fault.error) ? fault.error : {};
  const { message: _text, type: _type, param, code: _code, metadata, ...rest } = upstream;
  const { error: _silent, ...beside } = fault.beside;
  const code = claim.code ?? defaultCode(claim);
  return {
    error: {
      message: claim.message ?? ownMessage(claim.status, fault.sentence),
      type: errorNames(claim.status).type,
      param: typeof param === "string" ? param : null,
      code,
      ...publicObject(rest),
      ...publicMetadata(metadata, code),
    },
    ...publicObject(beside),
  };
}

/** Typed clients want the word for the failure there, and no `null`. */
function publicMetadata(metadata: unknown, word: string): JsonObject {
  if (metadata === null || metadata === undefined) return {};
  if (!isObject(metadata)) return { metadata: { raw: publicValue(metadata), error_type: word } };
  return { metadata: { ...publicObject(metadata), error_type: wordIn(metadata) ?? word } };
}

function wordIn({ error_type }: JsonObject): string | undefined {
  return typeof error_type === "string" && error_type !== "" ? error_type : undefined;
}

/** The fields in which an answer carries what was generated. */
const ANSWER_FIELDS = ["choices", "output", "content", "data"];

/**
 * The body of an answer that is all error. What was generated before the failure does not stand
 * beside it, where gateways take the whole for an answer (Portkey drops the error then): what says
 * something moves to `error.metadata.partial`.
 */
export function withoutAnswer(body: ErrorBody): ErrorBody {
  const { error, ...beside } = body;
  const partial: JsonObject = {};
  for (const field of ANSWER_FIELDS) {
    if (holdsContent(beside[field])) partial[field] = beside[field];
    delete beside[field];
  }
  if (Object.keys(partial).length === 0) return { error, ...beside };
  const given = isObject(error["metadata"]) ? error["metadata"] : {};
  const metadata = { error_type: error.code, ...given, partial };
  return { error: { ...error, metadata }, ...beside };
}

function defaultCode({ status, metadata }: Claim): string {
  // A 401 with a provider's name: the provider refused OpenRouter, the caller's key is fine.
  const isProviders = status === 401 && saysSomething(metadata["provider_name"]);
  return isProviders ? "provider_authentication_error" : errorNames(status).code;
}
