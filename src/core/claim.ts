import { upstreamMessage } from "./error-message.ts";
import { openaiSpelling, statusOfWord } from "./failure-words.ts";
import type { Fault } from "./fault.ts";
import { isObject, type JsonObject, objectAt } from "./json.ts";

/** A status, and where it stood. */
export interface StatusClaim {
  status: number;
  /** The place, such as `error.code`; `status line` is upstream's own. */
  from: string;
  /** What stood there: a number, or a word. */
  claim: unknown;
}

/** What upstream says about a failure, read once: the status, the body and the advice need it. */
export interface Claim {
  /**
   * The status that the answer should have had: upstream's own where it is a failure's, else what
   * its error claims as a number or in a known word, else 502, a gateway's word for an invalid
   * answer (RFC 9110 §15.6.3). Never a guess from prose, and nothing below 400.
   */
  status: number;
  /** Where upstream named that status; undefined where it named none. */
  source: StatusClaim | undefined;
  /** The first word in which upstream named the failure, known or not, in OpenAI's spelling. */
  code: string | undefined;
  /** Upstream's words for the failure; undefined where it said nothing. */
  message: string | undefined;
  /** `error.metadata`, wherever the endpoint keeps it. */
  metadata: JsonObject;
  /** `error.availability`: OpenRouter's word on whether and when to try again. */
  availability: JsonObject;
}

/** Reads the claim of a fault in an answer with this status. */
export function readClaim(upstreamStatus: number, fault: Fault): Claim {
  const error = isObject(fault.error) ? fault.error : {};
  const metadata = errorMetadata(error, fault.beside);
  const words = claimedWords(error, fault.beside, metadata);
  const source = claimedNumber(upstreamStatus, error) ?? claimedByWord(words);
  const word = words[0]?.word;
  return {
    status: source?.status ?? 502,
    source,
    code: word === undefined ? undefined : openaiSpelling(word),
    message: upstreamMessage(fault),
    metadata,
    availability: objectAt(error, "availability"),
  };
}

/** A number, or a text of digits, from 400 to 599. */
export function statusFromNumber(value: unknown): number | undefined {
  const isNumeric = typeof value === "number" || (typeof value === "string" && /^\d+$/.test(value));
  const status = isNumeric ? Number(value) : 0;
  return Number.isInteger(status) && status >= 400 && status <= 599 ? status : undefined;
}

/** A word, and where it stood. */
interface Word {
  word: string;
  from: string;
}

function claimedNumber(upstreamStatus: number, error: JsonObject): StatusClaim | undefined {
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
  return undefined;
}

function claimedByWord(words: Word[]): StatusClaim | undefined {
  for (const { word, from } of words) {
    // OpenRouter answers an unknown model with 400, OpenAI with 404: each in its own place.
    const isOpenais = word === "model_not_found" && from === "error.code";
    const status = isOpenais ? 404 : statusOfWord(word);
    if (status !== undefined) return { status, from, claim: word };
  }
  return undefined;
}

/** The words upstream used, the most telling first. Numbers are no words. */
function claimedWords(error: JsonObject, beside: JsonObject, metadata: JsonObject): Word[] {
  const places: [from: string, value: unknown][] = [
    ["metadata.error_type", metadata["error_type"]],
    ["error.error_type", error["error_type"]],
    ["error_type", beside["error_type"]],
    ["response.error_type", objectAt(beside, "response")["error_type"]],
    ["error.code", error["code"]],
    ["error.availability.code", objectAt(error, "availability")["code"]],
    ["error.type", error["type"]],
  ];
  return places.flatMap(([from, word]) =>
    typeof word === "string" && isWord(word) ? [{ word, from }] : [],
  );
}

/**
 * The metadata of an error. It stands beside `error` on the Messages endpoint and inside `response`
 * on the Responses endpoint, and counts the same there.
 */
function errorMetadata(error: JsonObject, beside: JsonObject): JsonObject {
  const holders = [objectAt(beside, "response"), beside, error];
  return Object.assign({}, ...holders.map((holder) => objectAt(holder, "metadata")));
}

/** A longer text is no word. */
const LONGEST_WORD = 200;

function isWord(text: string): boolean {
  return text !== "" && text.length <= LONGEST_WORD && !/^-?\d+$/.test(text);
}
