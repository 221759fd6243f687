import type { Fault } from "./fault.ts";
import { isObject, type JsonObject, objectAt } from "./json.ts";

/**
 * The words in which OpenRouter (https://openrouter.ai/docs/api_reference/errors-and-debugging,
 * `error_type` and `availability.code`), OpenAI (`error.code`, `error.type`) and Anthropic
 * (`error.type`) name a failure, by the status that they stand for.
 */
const WORDS_BY_STATUS: Record<number, string> = {
  400: `invalid_request invalid_request_error invalid_prompt context_length_exceeded
    max_tokens_exceeded token_limit_exceeded string_too_long invalid_image image_too_large
    image_too_small unsupported_image_format image_download_failed unsupported_value
    model_not_found wrong_endpoint`,
  401: "authentication invalid_api_key authentication_error",
  402: "payment_required insufficient_credits billing_error insufficient_quota",
  403: `permission_denied permission_error region_restricted content_policy_violation refusal
    image_content_policy_violation`,
  404: `not_found not_found_error image_not_found no_endpoints model_deprecated
    model_unavailable_upstream privacy_restricted constraint_filtered free_variant_ended`,
  412: "precondition_failed",
  413: "payload_too_large request_too_large",
  422: "unprocessable",
  429: "rate_limit_exceeded rate_limit_error capacity_exhausted",
  500: "server server_error api_error internal_error unmapped",
  502: "provider_unavailable",
  503: "provider_overloaded overloaded_error temporarily_unavailable",
  504: "timeout timeout_error",
};

const STATUS_BY_WORD = new Map(
  Object.entries(WORDS_BY_STATUS).flatMap(([status, words]) =>
    words.split(/\s+/).map((word): [string, number] => [word, Number(status)]),
  ),
);

/** OpenRouter's words for which OpenAI has one of its own (OpenAI's error codes guide). */
const OPENAI_SPELLING = new Map([
  ["authentication", "invalid_api_key"],
  ["payment_required", "insufficient_quota"],
  ["server", "server_error"],
]);

/** A status, and where it stood. */
export interface StatusClaim {
  status: number;
  /** The place, such as `error.code`; `status line` is upstream's own. */
  from: string;
  /** What stood there: a number, or a word. */
  claim: unknown;
}

/**
 * The status that an answer should have had: upstream's own where it is a failure's, else what its
 * error claims as a number or in a known word, else 502, the gateway's own word for an invalid
 * answer (RFC 9110 §15.6.3). Never a guess from prose, and nothing below 400.
 */
export function trueStatus(upstreamStatus: number, fault: Fault): number {
  return claimedStatus(upstreamStatus, fault)?.status ?? 502;
}

/** The status that upstream gave or claimed, with its place; undefined where it named none. */
export function claimedStatus(upstreamStatus: number, fault: Fault): StatusClaim | undefined {
  const error = isObject(fault.error) ? fault.error : {};
  const numbers: [from: string, claim: unknown][] = [
    ["status line", upstreamStatus],
    ["error.code", error["code"]],
    ["error.http_status", error["http_status"]],
    ["error.status", error["status"]],
    ["error.status_code", error["status_code"]],
  ];
  for (const [from, claim] of numbers) {
    const status = statusFromNumber(claim);
    if (status !== undefined) return { status, from, claim };
  }
  for (const { word, from } of claimedWords(fault)) {
    const status = statusOfWord(word, from);
    if (status !== undefined) return { status, from, claim: word };
  }
  return undefined;
}

/** The first word in which upstream named the failure, known or not, in OpenAI's spelling. */
export function claimedCode(fault: Fault): string | undefined {
  const word = claimedWords(fault)[0]?.word;
  return word === undefined ? undefined : (OPENAI_SPELLING.get(word) ?? word);
}

/**
 * `error.metadata`. It stands beside `error` on the Messages endpoint and inside `response` on the
 * Responses endpoint, and counts the same there.
 */
export function errorMetadata({ error, beside }: Fault): JsonObject {
  const inner = isObject(error) ? error : {};
  const holders = [objectAt(beside, "response"), beside, inner];
  return Object.assign({}, ...holders.map((holder) => objectAt(holder, "metadata")));
}

/** A number, or a text of digits, from 400 to 599. */
export function statusFromNumber(value: unknown): number | undefined {
  const isNumeric = typeof value === "number" || (typeof value === "string" && /^\d+$/.test(value));
  const status = isNumeric ? Number(value) : 0;
  return Number.isInteger(status) && status >= 400 && status <= 599 ? status : undefined;
}

/** The words upstream used, the most telling first. Numbers are no words. */
function claimedWords(fault: Fault): { word: string; from: string }[] {
  const { beside } = fault;
  const error = isObject(fault.error) ? fault.error : {};
  const places: [from: string, value: unknown][] = [
    ["metadata.error_type", errorMetadata(fault)["error_type"]],
    ["error.error_type", error["error_type"]],
    ["error_type", beside["error_type"]],
    ["response.error_type", objectAt(beside, "response")["error_type"]],
    ["error.code", error["code"]],
    ["error.availability.code", objectAt(error, "availability")["code"]],
    ["error.type", error["type"]],
  ];
  return places.flatMap(([from, word]) =>
    typeof word === "string" && word !== "" && !/^-?\d+$/.test(word) ? [{ word, from }] : [],
  );
}

function statusOfWord(word: string, from: string): number | undefined {
  // OpenRouter answers an unknown model with 400, OpenAI with 404: each in its own place.
  if (word === "model_not_found" && from === "error.code") return 404;
  return STATUS_BY_WORD.get(word);
}
