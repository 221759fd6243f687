import type { Failure } from "../situations.ts";
import { type AnswerForm, ARGUMENTS, event, HALVES } from "./answer-form.ts";

const CALL = { type: "tool_use", id: "toolu_1", name: "get_weather" };
/** OpenRouter ends this stream so too, as fixtures/messages/stream-success-done.json shows. */
const DONE = "event: data\ndata: [DONE]\n\n";

/** Anthropic's words for OpenRouter's statuses. */
const TYPES: Record<number, string> = {
  400: "invalid_request_error",
  402: "billing_error",
  429: "rate_limit_error",
  500: "api_error",
  502: "api_error",
};

/** `/messages`, as https://openrouter.ai/docs/api_reference/errors-and-debugging has it. */
export const messagesForm: AnswerForm = {
  answer: (text) => message([{ type: "text", text, citations: null }], "end_turn"),
  toolCall: () => message([{ ...CALL, input: JSON.parse(ARGUMENTS) }], "tool_use"),
  emptyAnswer: () => ({ ...message([], null), usage: usage(0) }),
  error: (failure) => ({ ...errorObject(failure), request_id: "gen-1790000000-Candor" }),
  partialAnswer: (failure) => ({
    ...message([{ type: "text", text: HALVES[0], citations: null }], null),
    ...errorObject(failure),
  }),
  opening: () =>
    named("message_start", { message: { ...message([], null), usage: usage(0) } }) +
    named("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
  text: (piece) =>
    named("content_block_delta", { index: 0, delta: { type: "text_delta", text: piece } }),
  closing: () => closing("end_turn") + DONE,
  toolCallStream: () =>
    named("message_start", { message: { ...message([], null), usage: usage(0) } }) +
    named("content_block_start", { index: 0, content_block: { ...CALL, input: {} } }) +
    named("content_block_delta", {
      index: 0,
      delta: { type: "input_json_delta", partial_json: ARGUMENTS },
    }) +
    closing("tool_use") +
    DONE,
  emptyStream: () =>
    named("message_start", { message: { ...message([], null), usage: usage(0) } }) + DONE,
  firstFailure: (failure) => event(errorObject(failure), "error"),
  laterFailure: (failure) => event(errorObject(failure), "error"),
  partFailure: (failure) => event(errorObject(failure), "error") + DONE,
};

function named(type: string, fields: object): string {
  return event({ type, ...fields }, type);
}

function closing(reason: string): string {
  return (
    named("content_block_stop", { index: 0 }) +
    named("message_delta", {
      delta: { container: null, stop_details: null, stop_reason: reason, stop_sequence: null },
      usage: usage(6),
    }) +
    named("message_stop", {})
  );
}

function message(content: object[], reason: string | null): object {
  return {
    container: null,
    content,
    id: "gen-1790000000-Candor00000000000000",
    model: "anthropic/claude-4.5-sonnet-20250929",
    role: "assistant",
    stop_details: null,
    stop_reason: reason,
    stop_sequence: null,
    type: "message",
    usage: usage(6),
  };
}

function usage(output: number): object {
  return {
    input_tokens: 8,
    output_tokens: output,
    cache_creation_input_tokens: null,
    cache_read_input_tokens: null,
  };
}

function errorObject({ status, message: words, word }: Failure): object {
  const type = TYPES[status] ?? "api_error";
  return { type: "error", error: { type, message: words, error_type: word } };
}
