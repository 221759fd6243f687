import { speaks, speaksInWords } from "../content.ts";
import type { Dialect, EventMeaning } from "../dialect.ts";
import { chatErrors } from "../error-form.ts";
import { type Fault, silentFault } from "../fault.ts";
import { isObject, type JsonObject, objectAt, saysSomething } from "../json.ts";

/** The fields of a message or a delta that carry an answer. */
const ANSWER_FIELDS = `content reasoning reasoning_content reasoning_details refusal
  tool_calls function_call audio images`.split(/\s+/);

/** Providers' own finish reasons that, without content, are OpenRouter's definition of a failure. */
const FAILED_NATIVELY = new Set(
  "network_error insufficient_system_resource malformed_function_call error".split(" "),
);

/** `POST /chat/completions`. */
export const chat: Dialect = {
  path: "/chat/completions",
  isNamed: true,
  wholeAt: "done",
  hasDone: true,
  errorForm: chatErrors,

  findAnswerFault(answer, request) {
    const choices = choicesOf(answer);
    const first = Array.isArray(answer["choices"]) ? answer["choices"][0] : undefined;
    const fault = firstFault(choices, answer);
    if (fault !== undefined) return fault;
    // A request with `prompt` is answered with `text`, as OpenRouter's documentation types it.
    const mayBeText = !("messages" in request);
    if (!isObject(first) || !isObject(first["message"])) {
      const isText = mayBeText && isObject(first) && typeof first["text"] === "string";
      if (!isText) return silentFault("no-answer", "Upstream answered without a message.", answer);
    }
    return failedGeneration(choices, answer);
  },

  readEvent(data, hasSpoken) {
    const choices = choicesOf(data);
    const meaning: EventMeaning = {
      fault: firstFault(choices, data),
      speaks: false,
      continues: [],
      speaking: [],
      finishes: [],
      isCounted: hasTokens(data),
      isUsage: saysSomething(objectAt(data, "usage")),
    };
    for (const choice of choices) {
      const index = indexOf(choice);
      if (hasContent(choice, speaks)) meaning.speaking?.push(index);
      const isOver = isFinished(choice) && choice["finish_reason"] !== "error";
      (isOver ? meaning.finishes : meaning.continues).push(index);
    }
    meaning.speaks = meaning.speaking?.length !== 0;
    // Looked at only until somebody has spoken.
    if (hasSpoken) return meaning;
    meaning.isBlank = !choices.some((choice) => hasContent(choice, speaksInWords));
    const failed = choices.find((choice) => isFinished(choice) && isFailedNatively(choice));
    if (failed !== undefined && meaning.isBlank) meaning.fault ??= nativeFault(failed, data);
    return meaning;
  },

  withoutFault({ error: _error, ...data }) {
    if (!Array.isArray(data["choices"])) return data;
    return { ...data, choices: data["choices"].map(choiceWithoutFault) };
  },
};

/** The failure that a choice reports, of an answer or of an event. */
export function findChoiceFault(answer: JsonObject): Fault | undefined {
  return firstFault(choicesOf(answer), answer);
}

/** The place of a choice: a number, also as digits; that of the only one where there is none. */
function indexOf({ index }: JsonObject): number {
  if (typeof index === "number") return index;
  return typeof index === "string" && /^\d{1,9}$/.test(index) ? Number(index) : 0;
}

function choicesOf(answer: JsonObject): JsonObject[] {
  const { choices } = answer;
  if (!Array.isArray(choices)) return [];
  return choices.every(isObject) ? choices : choices.filter(isObject);
}

function firstFault(choices: JsonObject[], beside: JsonObject): Fault | undefined {
  for (const choice of choices) {
    const fault = choiceFault(choice, beside);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** An error inside a choice, even beside partial text, which then stays in the answer. */
function choiceFault(choice: JsonObject, beside: JsonObject): Fault | undefined {
  const { error } = choice;
  const sentence = "The provider failed while it wrote the answer.";
  if (saysSomething(error)) return { rule: "error-in-choice", error, beside, sentence };
  const isError = choice["finish_reason"] === "error";
  return isError ? silentFault("error-in-choice", sentence, beside) : undefined;
}

/** Whether a choice, plain or of a stream, carries part of an answer, as `says` reads it. */
function hasContent(choice: JsonObject, says: (value: unknown) => boolean): boolean {
  return (
    carriesAnswer(choice["delta"], says) ||
    carriesAnswer(choice["message"], says) ||
    says(choice["text"])
  );
}

function carriesAnswer(carrier: unknown, says: (value: unknown) => boolean): boolean {
  if (!isObject(carrier)) return false;
  for (const field of ANSWER_FIELDS) if (says(carrier[field])) return true;
  const calls = carrier["tool_calls"];
  // The id of a call is no frame: without a name yet, it says that there is a call.
  return Array.isArray(calls) && calls.some((call) => isObject(call) && saysSomething(call["id"]));
}

function isFinished(choice: JsonObject): boolean {
  return typeof choice["finish_reason"] === "string" && choice["finish_reason"] !== "";
}

function isFailedNatively(choice: JsonObject): boolean {
  const reason = choice["native_finish_reason"];
  return typeof reason === "string" && FAILED_NATIVELY.has(reason.toLowerCase());
}

/** OpenRouter's definition of a failed generation, for an answer without any content. */
function failedGeneration(choices: JsonObject[], answer: JsonObject): Fault | undefined {
  const [choice = {}] = choices;
  const isBlank = !choices.some((one) => hasContent(one, speaksInWords));
  if (isBlank && isFailedNatively(choice)) return nativeFault(choice, answer);
  const isSilent = !choices.some((one) => hasContent(one, speaks));
  const isEmpty = isSilent && !isFinished(choice) && !hasTokens(answer);
  const sentence = "The provider ended without an answer: no content, no finish reason, no tokens.";
  return isEmpty ? silentFault("failed-generation", sentence, answer) : undefined;
}

/** Whether completion tokens were counted, as a number or a text of one. */
function hasTokens(answer: JsonObject): boolean {
  const tokens = objectAt(answer, "usage")["completion_tokens"];
  // Not just any value: an object from JSON may have a `toString` that is no function.
  const isCounted = typeof tokens === "number" || typeof tokens === "string";
  return isCounted && Number(tokens) > 0;
}

function nativeFault(choice: JsonObject, beside: JsonObject): Fault {
  const reason = choice["native_finish_reason"];
  const named = typeof reason === "string" ? `: ${reason}` : "";
  return silentFault("failed-generation", `The provider failed${named}.`, beside);
}

function choiceWithoutFault(choice: unknown): unknown {
  if (!isObject(choice)) return choice;
  const { error: _error, ...rest } = choice;
  return rest["finish_reason"] === "error" ? { ...rest, finish_reason: null } : rest;
}
