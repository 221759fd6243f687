import { readFileSync } from "node:fs";
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

/** Any JSON object. */
export type Fields = Record<string, unknown>;

/** What upstream's failure means to the client. */
export interface Meaning {
  status: number;
  type: string;
  code: string | null;
}

/** The words for failures, by the status that they stand for: the reference's own list. */
export const REFERENCE_WORDS = Value.Parse(
  Type.Record(Type.String({ pattern: "^[45]\\d\\d$" }), Type.Array(Type.String())),
  JSON.parse(readFileSync(`${import.meta.dir}/reference-words.json`, "utf8")),
);

const STATUS_OF_WORD = new Map(
  Object.entries(REFERENCE_WORDS).flatMap(([status, words]) =>
    words.map((word): [string, number] => [word, Number(status)]),
  ),
);

/** Where `error.code` stands among the words. */
const CODE_PLACE = 4;

const OPENAI_SPELLING = new Map([
  ["authentication", "invalid_api_key"],
  ["payment_required", "insufficient_quota"],
  ["server", "server_error"],
]);

/** The JSON object, or one without fields where the value is something else. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** What a body with an error means: `error` is that error, `around` is what stands beside it. */
export function meaningOf(error: unknown, around: Fields, upstreamStatus = 200): Meaning {
  const fields = fieldsOf(error);
  const response = fieldsOf(around["response"]);
  const places = [fields, around, response].map((place) => fieldsOf(place["metadata"]));
  // The innermost metadata that names a field has the say about it.
  const metadata = (name: string) => places.find((place) => name in place)?.[name];
  const words = [
    metadata("error_type"),
    fields["error_type"],
    around["error_type"],
    response["error_type"],
    fields["code"],
    fieldsOf(fields["availability"])["code"],
    fields["type"],
  ];
  const statuses = [
    upstreamStatus >= 400 ? upstreamStatus : undefined,
    ...[fields["code"], fields["http_status"], fields["status"], fields["status_code"]].map(number),
    ...words.map((word, place) => statusOfWord(word, place === CODE_PLACE)),
  ];
  const status = statuses.find((claim) => claim !== undefined && claim >= 400 && claim <= 599);
  const word = words.find(isWord);
  return withCode(status ?? 502, word, typeof metadata("provider_name") === "string");
}

function withCode(status: number, word: string | undefined, hasProvider: boolean): Meaning {
  const type = typeOf(status);
  if (word !== undefined) return { status, type, code: OPENAI_SPELLING.get(word) ?? word };
  if (status === 401 && hasProvider) return { status, type, code: "provider_authentication_error" };
  return { status, type, code: codeOf(status) };
}

function number(claim: unknown): number | undefined {
  if (typeof claim === "number") return Number.isInteger(claim) ? claim : undefined;
  return typeof claim === "string" && /^\d+$/.test(claim) ? Number(claim) : undefined;
}

function isWord(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !/^-?\d+$/.test(value);
}

/** `model_not_found` is 404 as `error.code`, which is OpenAI's, and 400 as OpenRouter's word. */
function statusOfWord(word: unknown, isErrorCode: boolean): number | undefined {
  if (word === "model_not_found") return isErrorCode ? 404 : 400;
  return typeof word === "string" ? STATUS_OF_WORD.get(word) : undefined;
}

/** The `type` of every error with this status. */
export function typeOf(status: number): string {
  if (status >= 500) return "server_error";
  if (status === 401) return "authentication_error";
  if (status === 402) return "insufficient_quota";
  if (status === 403) return "permission_error";
  if (status === 408) return "timeout_error";
  return status === 429 ? "rate_limit_error" : "invalid_request_error";
}

function codeOf(status: number): string {
  const codes: Record<number, string> = {
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
  return codes[status] ?? (status >= 500 ? "server_error" : "invalid_request");
}
