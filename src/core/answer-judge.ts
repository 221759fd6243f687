import { sniffForm, withoutKeepAlive } from "./answer-form.ts";
import type { Dialect } from "./dialect.ts";
import { EventStreamReader } from "./event-reader.ts";
import { type Fault, findError, silentFault } from "./fault.ts";
import { isObject, type JsonObject, parseJson, saysSomething } from "./json.ts";
import { hasTooMuchStructure, type StructureLimits } from "./structure.ts";
import { encode } from "./utf8.ts";

/** The most that goes into `message` of an answer that was not JSON. */
const LONGEST_QUOTE = 1000;

/** The most of a page that is looked through for words. */
const LONGEST_PAGE = 8000;

/** The most of a failure's event stream that is looked through for its error. */
const LONGEST_LOOK = 500_000;

/** How HTML and XML begin. */
const MARKED_UP = /^\s*<(!doctype|html|\?xml)/i;

/** How HTML begins, in the form of XML as well. Other XML may be data: fixtures/models/200-rss.json. */
const PAGE = /^\s*(<\?xml[^>]*>\s*)?<(!doctype\s+html|html)\b/i;

/** What a JSON answer with status 200 came to: its value, and why it is a failure if it is one. */
export interface AnswerVerdict {
  value: unknown;
  fault: Fault | undefined;
  /** Whether the answer is relayed though it holds an error: that of the job that it is about. */
  isJob?: boolean;
}

/** Whether the body of a JSON answer has more structure than is parsed. */
export function isTooComplex(body: string, structure: StructureLimits): boolean {
  return hasTooMuchStructure(withoutKeepAlive(body), structure);
}

/**
 * Judges the whole body of a JSON answer with status 200. `request` is the body that asked. To find
 * out whether it `isTooComplex` is a step of its own, so that a large body does not hold the event loop
 * for both.
 */
export function judgeAnswer(
  body: string,
  request: JsonObject,
  dialect: Dialect,
  isComplex: boolean,
): AnswerVerdict {
  const text = withoutKeepAlive(body);
  if (text === "") {
    return { value: undefined, fault: emptyBody() };
  }
  if (isComplex) {
    const sentence = "Upstream's answer is nested deeper, or in more parts, than any answer is.";
    return { value: undefined, fault: silentFault("too-complex", sentence) };
  }
  const value = parseJson(text);
  if (value === undefined) {
    return { value, fault: silentFault("not-json", "Upstream's answer is not JSON.") };
  }
  const fault = findError(value, "error-in-body");
  if (fault !== undefined && isJob(value, dialect)) return { value, fault: undefined, isJob: true };
  if (fault !== undefined) return { value, fault };
  if (isObject(value)) return { value, fault: dialect.findAnswerFault(value, request) };
  if (!dialect.isNamed) return { value, fault: undefined };
  return { value, fault: silentFault("no-answer", "Upstream's answer is not a JSON object.") };
}

/**
 * Whether an answer describes a job, or a list of jobs, on an endpoint without a dialect. Its `error`
 * is the job's: the poll itself succeeded (fixtures/videos/200-failed.json).
 */
function isJob(value: unknown, { isNamed }: Dialect): boolean {
  const job = Array.isArray(value) ? value[0] : value;
  if (isNamed || !isObject(job)) return false;
  const hasId = typeof job["id"] === "string" || typeof job["id"] === "number";
  return hasId && typeof job["status"] === "string";
}

/** Takes secrets out of a text that came from upstream. */
type Hide = (text: string) => string;

const HIDE_NOTHING: Hide = (text) => text;

/** Why an answer whose status is no success is a failure, with what its body says of it. */
export function statusFault(
  status: number,
  body: string,
  { isNamed }: Pick<Dialect, "isNamed">,
  hide = HIDE_NOTHING,
): Fault {
  if (status >= 400) {
    const fault = readFailure(status, body, hide);
    const oauth = isNamed ? undefined : oauthError(body);
    return oauth === undefined ? fault : { ...fault, beside: oauth, isOauth: true };
  }
  const sentence = `Upstream answered with status ${status}, which is no answer to this request.`;
  return silentFault("unexpected-status", sentence);
}

/** An error of OAuth: its `error` is a word, and described beside it. */
function oauthError(body: string): JsonObject | undefined {
  const value = parseJson(body);
  if (!isObject(value) || typeof value["error"] !== "string") return undefined;
  return "error_description" in value || "error_uri" in value ? value : undefined;
}

/** Whether an answer is for people to look at: HTML, by its content type or its beginning. */
export function isPage(headers: Headers, body: string): boolean {
  const type = headers.get("content-type")?.trim() ?? "";
  return /^(text\/html|application\/xhtml)/i.test(type) || PAGE.test(body);
}

/** Why a page or a text in place of JSON or an event stream is a failure. */
export function pageFault(headers: Headers, body: string, hide = HIDE_NOTHING): Fault {
  if (body.trim() === "") return emptyBody();
  const given = headers.get("content-type") ?? "no content type";
  const type = hide(given).slice(0, LONGEST_QUOTE);
  const words = quoteText(hide(body)) || "no words";
  return silentFault("unexpected-form", `Upstream answered with ${type}: ${words}`);
}

/**
 * What an answer with a failure's status says of it, in whichever form: JSON with or without
 * `error`, an event stream, or a page or text, whose words become the message.
 */
export function readFailure(status: number, body: string, hide = HIDE_NOTHING): Fault {
  const sentence = `Upstream answered with status ${status} and no message.`;
  const text = withoutKeepAlive(body).trim();
  const value = parseJson(text);
  const found = findError(value, "error-status") ?? findErrorEvent(body);
  if (found !== undefined) return { ...found, rule: "error-status", sentence };
  if (isObject(value)) return bareFailure(value, sentence);
  // Hidden before it is cut: half a key would be left else.
  const words = value === undefined ? quoteText(hide(text)) : value;
  return { rule: "error-status", error: words, beside: {}, sentence };
}

/** The words of a page or a text, without its mark-up, shortened to what a message can hold. */
export function quoteText(text: string): string {
  const beginning = text.slice(0, LONGEST_PAGE);
  const words = MARKED_UP.test(beginning)
    ? beginning.replace(/<(script|style)\b[^]*?<\/\1>|<[^<>]*>/gi, " ").replace(/\s+/g, " ")
    : beginning;
  return words.trim().slice(0, LONGEST_QUOTE);
}

function emptyBody(): Fault {
  return silentFault("empty-body", "Upstream answered with an empty body.");
}

/** An error object without the `error` around it, or fields of which none is a message. */
function bareFailure(value: JsonObject, sentence: string): Fault {
  if (!saysSomething(value["message"])) return silentFault("error-status", sentence, value);
  const { error: _silent, ...error } = value;
  return { rule: "error-status", error, beside: {}, sentence };
}

/** The first error that the beginning of an event stream reports. */
function findErrorEvent(body: string): Fault | undefined {
  if (sniffForm(body.slice(0, LONGEST_LOOK), true) !== "event-stream") return undefined;
  const reader = new EventStreamReader(Number.POSITIVE_INFINITY);
  const beginning = encode(body.slice(0, LONGEST_LOOK));
  for (const event of [...reader.feed(beginning), ...reader.end()]) {
    const data = "data" in event ? parseJson(event.data ?? "") : undefined;
    const fault = findError(data, "error-status");
    if (fault !== undefined) return fault;
  }
  return undefined;
}
