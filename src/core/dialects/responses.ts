import type { Dialect, EventMeaning } from "../dialect.ts";
import { responsesErrors } from "../error-form.ts";
import { type Fault, silentFault } from "../fault.ts";
import { isObject, type JsonObject, objectAt, saysSomething } from "../json.ts";

/** A response that is still to be written; only one in the background is answered with that. */
const PENDING = new Set(["queued", "in_progress"]);

/**
 * Statuses that make a response one, even without `output`. `failed` is none of them; `cancelled`
 * is, since only the caller can cancel.
 */
const KNOWN = new Set(["completed", "incomplete", "cancelled", ...PENDING]);

/**
 * The events that end a response. `response.done` stands in the example of
 * https://openrouter.ai/docs/api_reference/responses/basic-usage.
 */
const ENDS = new Set(["response.completed", "response.incomplete", "response.done"]);

/** The events that report a failure, whether or not they say which. */
const FAILURES = new Set(["response.failed", "response.error", "error"]);

/** The fields of an output item that carry an answer: a text, a thought, a call, a result. */
const ITEM_FIELDS = `content summary encrypted_content name arguments input action operation
  queries code output outputs result`.split(/\s+/);

/** The fields of an event that carry a piece of an item. */
const PIECE_FIELDS = ["delta", "text", "refusal", "arguments", "input", "partial_image_b64"];

/** The whole response is one part: only its end says that no other item follows. */
const SILENT: EventMeaning = { fault: undefined, speaks: false, continues: [0], finishes: [] };
const SPEAKS: EventMeaning = { ...SILENT, speaks: true };
const FINISHES: EventMeaning = { ...SILENT, continues: [], finishes: [0] };

/** `POST /responses`, which is OpenAI's Responses API. */
export const responses: Dialect = {
  path: "/responses",
  isNamed: true,
  wholeAt: "parts",
  hasDone: true,
  errorForm: responsesErrors,

  findAnswerFault(answer, request) {
    const { status, output, background } = answer;
    const sentence = "The provider failed to complete the response.";
    if (status === "failed") return silentFault("failed-generation", sentence, answer);
    const isKnown = typeof status === "string" && KNOWN.has(status);
    if (!Array.isArray(output) && !isKnown) {
      return silentFault("no-answer", "Upstream answered without an output.", answer);
    }
    const isInBackground = background === true || request["background"] === true;
    if (isEnded(status) || isInBackground) return undefined;
    return failedGeneration(answer, Array.isArray(output) ? output : []);
  },

  readEvent(data) {
    const fault = eventFault(data);
    if (fault !== undefined) return { ...SILENT, fault };
    if (isOneOf(ENDS, data)) return FINISHES;
    return speaks(data) ? SPEAKS : SILENT;
  },

  // `response.failed` is about the answer; `response.fusion_call.panel.failed` about one of its parts
  // (https://www.npmjs.com/package/@openrouter/sdk, models/fusioncallpanelfailedevent).
  isPartError: ({ type }) => typeof type === "string" && /^response\..+\./.test(type),

  withoutFault(data) {
    if (eventFault(data) !== undefined || isOneOf(FAILURES, data)) return {};
    const { error: _error, ...rest } = data;
    return rest;
  },
};

/** OpenRouter's definition of a failed generation: no end, no content, no tokens. */
function failedGeneration(answer: JsonObject, output: unknown[]): Fault | undefined {
  const isEmpty = !output.some(carriesAnswer) && !objectAt(answer, "usage")["output_tokens"];
  const sentence = "The provider ended without an answer: no output, no final status, no tokens.";
  return isEmpty ? silentFault("failed-generation", sentence, answer) : undefined;
}

/** Whether nothing more is to come. A status of tomorrow counts: it was not in vain. */
function isEnded(status: unknown): boolean {
  return typeof status === "string" && status !== "" && !PENDING.has(status);
}

/**
 * The failure that an event reports, or that stands in the response that it carries. The error of
 * that response, and its `error_type`, are upstream's words for it.
 */
function eventFault(data: JsonObject): Fault | undefined {
  const { type, response } = data;
  const rule = "error-in-event";
  const sentence = "The provider failed while it wrote the answer.";
  if (isObject(response) && (response["status"] === "failed" || saysSomething(response["error"]))) {
    const { error, ...rest } = response;
    return { rule, error, beside: { ...data, response: rest }, sentence };
  }
  if (!isOneOf(FAILURES, data)) return undefined;
  if (type !== "error") return silentFault(rule, sentence, data);
  const { type: _type, sequence_number, ...error } = data;
  return { rule, error, beside: { type, sequence_number }, sentence };
}

function isOneOf(types: Set<string>, { type }: JsonObject): boolean {
  return typeof type === "string" && types.has(type);
}

/** Whether an event carries part of an answer. One that begins an empty item does not. */
function speaks(data: JsonObject): boolean {
  return (
    PIECE_FIELDS.some((field) => saysSomething(data[field])) ||
    carriesAnswer(data["item"]) ||
    isFilled(data["part"])
  );
}

function carriesAnswer(item: unknown): boolean {
  if (!isObject(item)) return false;
  return ITEM_FIELDS.some((field) => {
    const value = item[field];
    return Array.isArray(value) ? value.some(isFilled) : isFilled(value);
  });
}

/** Whether a part of an item is more than its frame: `{"type": "output_text", "text": ""}` is not. */
function isFilled(part: unknown): boolean {
  if (!isObject(part)) return saysSomething(part);
  return Object.entries(part).some(([field, value]) => field !== "type" && saysSomething(value));
}
