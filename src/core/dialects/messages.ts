import type { Dialect, EventMeaning } from "../dialect.ts";
import { anthropicErrors } from "../error-form.ts";
import { type Fault, type Rule, silentFault } from "../fault.ts";
import { isObject, type JsonObject, objectAt, saysSomething } from "../json.ts";

/** The whole message is one part: it goes on until `message_stop`. */
const MESSAGE = [0];
const SILENT: EventMeaning = { fault: undefined, speaks: false, continues: MESSAGE, finishes: [] };
const SPEAKS: EventMeaning = { ...SILENT, speaks: true };
const STOPS: EventMeaning = { ...SILENT, continues: [], finishes: MESSAGE };

/** `POST /messages`: Anthropic's Messages API. */
export const messages: Dialect = {
  path: "/messages",
  isNamed: true,
  wholeAt: "parts",
  // anthropic-python throws at a `[DONE]`, which Anthropic has not.
  hasDone: false,
  errorForm: anthropicErrors,

  findAnswerFault(answer) {
    if (answer["type"] === "error") return typedError("error-in-body", answer);
    const { content } = answer;
    if (!Array.isArray(content)) {
      return silentFault("no-answer", "Upstream answered without content.", answer);
    }
    // No content, but a reason to stop, is an answer: a refusal, or nothing to add to a tool result.
    const isAnswer = content.some(carriesContent) || isStopped(answer) || hasOutputTokens(answer);
    const sentence = "The provider ended without an answer: no content, no stop reason, no tokens.";
    return isAnswer ? undefined : silentFault("failed-generation", sentence, answer);
  },

  readEvent(data, hasSpoken) {
    switch (data["type"]) {
      case "content_block_start":
        return carriesContent(data["content_block"]) ? SPEAKS : SILENT;
      case "content_block_delta":
        return carriesContent(data["delta"]) ? SPEAKS : SILENT;
      case "message_delta":
        return isStopped(objectAt(data, "delta")) ? SPEAKS : SILENT;
      case "message_stop":
        return hasSpoken ? STOPS : { ...SILENT, fault: emptyMessage() };
      case "error":
        return { ...SILENT, fault: typedError("error-in-event", data) };
      // `message_start`, `ping`, `content_block_stop`, and what Anthropic adds to them.
      default:
        return SILENT;
    }
  },

  // A fault comes too late only behind `message_stop`, where nothing else is left to be said.
  withoutFault: () => ({}),
};

/**
 * Whether a content block, or a delta to one, carries anything besides its type: text, thinking, a
 * signature, the id of a tool call, a piece of its input, a citation, a result, or what comes next.
 */
function carriesContent(carrier: unknown): boolean {
  if (!isObject(carrier)) return false;
  return Object.keys(carrier).some((key) => key !== "type" && saysSomething(carrier[key]));
}

function isStopped(message: JsonObject): boolean {
  return typeof message["stop_reason"] === "string" && message["stop_reason"] !== "";
}

function hasOutputTokens(answer: JsonObject): boolean {
  return Boolean(objectAt(answer, "usage")["output_tokens"]);
}

/** An answer or an event that calls itself an error, and has no `error` that says anything. */
function typedError(rule: Rule, { message, ...beside }: JsonObject): Fault {
  const sentence = "Upstream reported an error and did not say which.";
  return { rule, error: { message }, beside, sentence };
}

/** As with `[DONE]` first: no content and no reason to stop is no answer. */
function emptyMessage(): Fault {
  return silentFault("ended-early", "Upstream's stream ended with message_stop.");
}
