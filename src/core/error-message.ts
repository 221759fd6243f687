import type { Fault } from "./fault.ts";
import { isObject, type JsonObject, objectAt, publicValue } from "./json.ts";

/** The most of a message that is told, in characters: it stands in an answer several times. */
const LONGEST_MESSAGE = 2 ** 20;

/**
 * Upstream's message for a failure, from the fields in which servers put one; undefined if there is
 * none. A message that is not text becomes its JSON. Behind a million characters it is cut.
 */
export function upstreamMessage(fault: Fault): string | undefined {
  return messageIn(fault)?.slice(0, LONGEST_MESSAGE);
}

function messageIn({ error, beside }: Fault): string | undefined {
  if (error !== undefined && error !== true && !isObject(error)) return asWords(error);
  const inner = isObject(error) ? error : {};
  const raw = objectAt(inner, "metadata")["raw"] ?? objectAt(beside, "metadata")["raw"];
  return wordsIn(inner) ?? wordsIn(beside) ?? (typeof raw === "string" ? asWords(raw) : undefined);
}

/** The words of one object: OpenAI's, FastAPI's, JSON:API's, OAuth's, and those of RFC 9457. */
function wordsIn(holder: JsonObject): string | undefined {
  const { message, detail, errors, error_description, msg, title } = holder;
  const [first] = Array.isArray(errors) ? errors : [];
  return (
    asWords(message) ??
    (typeof title === "string" && typeof detail === "string" ? `${title}: ${detail}` : undefined) ??
    detailWords(detail) ??
    (isObject(first) ? asWords(first["message"]) : asWords(first)) ??
    asWords(error_description) ??
    asWords(msg) ??
    asWords(title)
  );
}

/** FastAPI's `detail`: a text, or a list of what is wrong where. */
function detailWords(detail: unknown): string | undefined {
  if (!Array.isArray(detail)) return asWords(detail);
  const [first] = detail;
  if (!isObject(first) || typeof first["msg"] !== "string") return asWords(detail);
  const place = Array.isArray(first["loc"]) ? first["loc"].filter(isPlain).join(".") : "";
  return place === "" ? first["msg"] : `${place}: ${first["msg"]}`;
}

/** A name or an index. What is neither may have no text: `{"toString": 1}`. */
function isPlain(step: unknown): boolean {
  return typeof step === "string" || typeof step === "number";
}

/** A text as it is, anything else as its JSON; undefined for null and for a blank text. */
function asWords(value: unknown): string | undefined {
  if (typeof value === "string") return value.trim() === "" ? undefined : value;
  return value === undefined || value === null ? undefined : JSON.stringify(publicValue(value));
}
