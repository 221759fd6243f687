import type { Dialect, EventMeaning } from "../dialect.ts";
import { openaiErrors } from "../error-body.ts";
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
  errorForm: openaiErrors,

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
    return choices.some(speaks) ? undefined : failedGeneration(answer, choices[0]);
  },

  readEvent(data, hasSpoken) {
    const choices = choicesOf(data);
    const isSpeaking = choices.some(speaks);
    const meaning: EventMeaning = {
      fault: firstFault(choices, data),
      speaks: isSpeaking,
      continues: [],
      finishes: [],
    };
    for (const choice of choices) {
      const index = typeof choice["index"] === "number" ? choice["index"] : 0;
      if (!isFinished(choice) || choice["finish_reason"] === "error") meaning.continues.push(index);
      else if (hasSpoken || isSpeaking || !isFailedNatively(choice)) meaning.finishes.push(index);
      else meaning.fault ??= nativeFault(choice, data);
    }
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

/** Whether a choice, plain or of a stream, carries part of an answer. */
function speaks(choice: JsonObject): boolean {
  return (
    carriesAnswer(choice["delta"]) ||
    carriesAnswer(choice["message"]) ||
    saysSomething(choice["text"])
  );
}

function carriesAnswer(carrier: unknown): boolean {
  if (!isObject(carrier)) return false;
  for (const field of ANSWER_FIELDS) if (saysSomething(carrier[field])) return true;
  return false;
}

function isFinished(choice: JsonObject): boolean {
  return typeof choice["finish_reason"] === "string" && choice["finish_reason"] !== "";
}

function isFailedNatively(choice: JsonObject): boolean {
  const reason = choice["native_finish_reason"];
  return typeof reason === "string" && FAILED_NATIVELY.has(reason.toLowerCase());
}

/** OpenRouter's definition of a failed generation, for an answer without any content. */
function failedGeneration(answer: JsonObject, choice: JsonObject = {}): Fault | undefined {
  if (isFailedNatively(choice)) return nativeFault(choice, answer);
  const tokens = objectAt(answer, "usage")["completion_tokens"];
  // Not just any value: an object from JSON may have a `toString` that is no function.
  const isCounted = typeof tokens === "number" || typeof tokens === "string";
  const hasTokens = isCounted && Number(tokens) > 0;
  const isEmpty = !isFinished(choice) && !hasTokens;
  const sentence = "The provider ended without an answer: no content, no finish reason, no tokens.";
  return isEmpty ? silentFault("failed-generation", sentence, answer) : undefined;
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
