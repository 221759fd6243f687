/** How an answer is to be read. `text` is also HTML, and what is left when nothing else fits. */
export type Form = "json" | "event-stream" | "text" | "binary";

/** Lines that come before an answer only to keep the connection alive: white space, comments. */
const KEEP_ALIVE = /^(?:[\uFEFF \t\r\n]+|:[^\r\n]*(?:[\r\n]|$))*/;

/** The most of a content type that is read: what a server sends is a twentieth of it. */
const LONGEST_TYPE = 1000;

/** The names of event stream fields (HTML §9.2.6), as they begin a body. */
const FIELDS = ["data:", "event:", "id:", "retry:"];

/**
 * The form that a `Content-Type` declares, or undefined where only the body can tell: the header is
 * absent, came twice with different values, or names text, which is how JSON errors and event
 * streams get mislabelled (fixtures/chat-completions/text-plain-json.json).
 */
export function declaredForm(contentType: string | null): Form | undefined {
  const type = essenceOf(contentType);
  if (type === "text/event-stream") return "event-stream";
  if (type === "application/json" || (type.endsWith("+json") && type.startsWith("application/"))) {
    return "json";
  }
  return isText(type) || !type.includes("/") ? undefined : "binary";
}

/** Whether a `Content-Type` names media or files, and is not just one that nobody knows. */
export function isSurelyBinary(contentType: string | null): boolean {
  const type = essenceOf(contentType);
  return /^(audio|font|image|video)\/|^application\/(octet-stream|pdf|zip|gzip)$/.test(type);
}

/** Whether a `Content-Type` names text: what begins like JSON need not be any then. */
export function declaresText(contentType: string | null): boolean {
  const type = essenceOf(contentType);
  return isText(type) && type !== "text/event-stream";
}

/**
 * A media type without its parameters, in lower case; of no header, an empty text. A header that
 * came several times, which a comma tells, counts where all of them say the same.
 */
function essenceOf(contentType: string | null): string {
  const given = contentType?.slice(0, LONGEST_TYPE) ?? "";
  if (!given.includes(",")) return withoutParameters(given);
  const [first = "", ...others] = given.split(",").map(withoutParameters);
  return others.every((type) => type === first || !type.includes("/")) ? first : "";
}

function withoutParameters(contentType: string): string {
  const end = contentType.indexOf(";");
  return (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}

function isText(type: string): boolean {
  return type.startsWith("text/") || /^application\/(.*\bxml|x-ndjson|jsonl)$/.test(type);
}

/**
 * The form of a body by how it begins, or undefined where more of it is needed to tell. With
 * `ended`, there is no more: what is neither JSON nor an event stream is text.
 */
export function sniffForm(beginning: string, ended: boolean): Form | undefined {
  const start = withoutKeepAlive(beginning);
  if (start.startsWith("{") || start.startsWith("[")) return "json";
  if (FIELDS.some((field) => start.startsWith(field))) return "event-stream";
  const mayBecomeField = FIELDS.some((field) => field.startsWith(start));
  return mayBecomeField && !ended ? undefined : "text";
}

/**
 * What of the beginning of a body still counts when more has come: of lines that only kept the
 * connection alive, whether the last is a comment. Looked at again and again, minutes of padding
 * would cost minutes, and a comment of some megabytes that comes in a thousand chunks as well.
 */
export function withoutKeptLines(beginning: string): string {
  if (withoutKeepAlive(beginning) !== "") return beginning;
  const line = 1 + Math.max(beginning.lastIndexOf("\n"), beginning.lastIndexOf("\r"));
  return beginning.slice(line).trimStart().startsWith(":") ? ":" : "";
}

/**
 * A body without its leading BOM, white space and `: OPENROUTER PROCESSING` lines. OpenRouter
 * pads plain JSON answers with them while the provider works
 * (fixtures/chat-completions/200-padded-success.json, 200-processing-comments-json.json).
 */
export function withoutKeepAlive(body: string): string {
  // Nearly all answers: no need to look for what comes before them.
  if (body.startsWith("{")) return body;
  return body.replace(KEEP_ALIVE, "");
}
