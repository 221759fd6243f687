import { declaredForm } from "../../core/answer-form.ts";
import { EventStreamReader, type Fragment, type StreamEvent } from "../../core/event-reader.ts";
import { findError } from "../../core/fault.ts";
import { isObject, parseJson } from "../../core/json.ts";
import { MOST_BYTES, readBounded } from "../read-bounded.ts";

/** What a client saw of an answer, which is all that a grade is about. */
export interface Seen {
  /** Undefined where no status line came. */
  status: number | undefined;
  /** As the content type declares it: clients go by that. */
  form: "json" | "event-stream" | "text" | "binary";
  /** What was generated, and why it ended, under the names of the fields that carried it. */
  words: Record<string, string>;
  /** The error that the body, or an event, reports: its message and its code, where they are there. */
  error: { message: string | undefined; code: string | undefined } | undefined;
  /** `done`: with `[DONE]`. `broken`: the connection dropped. `late`: it took too long. `endless`: more than a client reads came. */
  end: "done" | "closed" | "broken" | "late" | "endless";
  /** The body, but for streams. */
  text: string;
  /** Whether the body, or each event, was JSON. */
  isJson: boolean;
}

/** The fields in which the endpoints carry what was generated, in pieces or at once. */
const WORD_FIELDS = new Set([
  "arguments",
  "b64_json",
  "content",
  "delta",
  "embedding",
  "name",
  "partial_image_b64",
  "partial_json",
  "refusal",
  "result",
  "text",
]);

/** The fields that say how the answer ended. A stream may repeat them: the last one counts. */
export const END_FIELDS = new Set(["finish_reason", "status", "stop_reason"]);

/** The body of an answer that has none. */
const NOTHING = new ReadableStream<Uint8Array>({ start: (controller) => controller.close() });

/** What is seen of an answer that never came. */
export const UNANSWERED: Seen = {
  status: undefined,
  form: "text",
  words: {},
  error: undefined,
  end: "broken",
  text: "",
  isJson: false,
};

/** Reads an answer as clients do: to its end, or to `[DONE]`. `limit`: when it takes too long. */
export async function see(response: Response, limit?: AbortSignal): Promise<Seen> {
  const form = declaredForm(response.headers.get("content-type")) ?? "text";
  const seen: Seen = { ...UNANSWERED, status: response.status, form, words: {} };
  try {
    await (form === "event-stream" ? readEvents(response, seen) : readWhole(response, seen));
  } catch {
    // What comes behind [DONE] is not read, and that it broke off not seen.
    if (seen.end !== "done") seen.end = limit?.aborted === true ? "late" : "broken";
  }
  return seen;
}

async function readWhole(response: Response, seen: Seen): Promise<void> {
  const bytes = await readBounded(response.body ?? NOTHING);
  seen.end = bytes === undefined ? "endless" : "closed";
  if (bytes === undefined) return;
  seen.text = bytes.toString(seen.form === "binary" ? "base64" : "utf8");
  const value = parseJson(seen.text);
  seen.isJson = value !== undefined;
  seen.error = describeError(value);
  collectWords(value, seen.words);
}

async function readEvents(response: Response, seen: Seen): Promise<void> {
  const reader = new EventStreamReader(MOST_BYTES);
  seen.isJson = true;
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MOST_BYTES) {
      seen.end = "endless";
      return;
    }
    if (reader.feed(chunk).some((event) => takeEvent(event, seen))) return;
  }
  seen.end = "closed";
  for (const event of reader.end()) takeEvent(event, seen);
}

/** Takes in one event; true where it is the end. */
function takeEvent(event: StreamEvent | Fragment, seen: Seen): boolean {
  if ("ends" in event || event.data === undefined) return false;
  if (event.data === "[DONE]") {
    seen.end = "done";
    return true;
  }
  const data = parseJson(event.data);
  if (data === undefined) seen.isJson = false;
  seen.error ??= describeError(data, event.name);
  collectWords(data, seen.words);
  return false;
}

/** The error that a client finds in a body or an event: at the top, and not inside a choice. */
function describeError(value: unknown, eventName?: string): Seen["error"] {
  const data = isObject(value) ? value : {};
  const isResponseFailed = data["type"] === "response.failed";
  const found =
    findError(value, "error-in-body") ??
    (isResponseFailed ? findError(data["response"], "error-in-body") : undefined);
  const isError = data["type"] === "error" || eventName === "error" || isResponseFailed;
  if (found === undefined && !isError) return undefined;
  const error = found?.error ?? value;
  if (!isObject(error)) return { message: textOf(error), code: undefined };
  return {
    message: textOf(error["message"]),
    code: textOf(error["code"]) ?? textOf(error["type"]),
  };
}

/** Adds the words of a value, at whatever depth they are, to those of the same fields before. */
function collectWords(value: unknown, words: Record<string, string>): void {
  if (typeof value !== "object" || value === null) return;
  // What a model thinks is not its answer: gateways may leave that out.
  if (isObject(value) && /reasoning|thinking/.test(String(value["type"]))) return;
  for (const [key, inner] of Object.entries(value)) {
    const isNumbers = Array.isArray(inner) && typeof inner[0] === "number";
    const word = isNumbers ? inner.join() : inner;
    if (key.startsWith("reasoning")) continue;
    if (typeof word !== "string") collectWords(word, words);
    else if (END_FIELDS.has(key)) words[key] = word;
    else if (WORD_FIELDS.has(key) && word !== "") words[key] = (words[key] ?? "") + word;
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}
