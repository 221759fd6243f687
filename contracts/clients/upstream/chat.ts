import type { Failure } from "../situations.ts";
import { type AnswerForm, ARGUMENTS, event, HALVES } from "./answer-form.ts";

/** What all objects of one answer share, as OpenRouter's OpenAPI document demands it. */
const COMMON = {
  id: "gen-1790000000-Candor00000000000000",
  provider: "OpenAI",
  model: "openai/gpt-4o-mini",
  created: 1790000000,
  system_fingerprint: "fp_44709d6fcb",
};
const USAGE = { prompt_tokens: 8, completion_tokens: 6, total_tokens: 14 };
const CALL = {
  id: "call_1",
  type: "function",
  function: { name: "get_weather", arguments: ARGUMENTS },
};
const DONE = "data: [DONE]\n\n";

/** `/chat/completions`, as https://openrouter.ai/docs/api_reference/streaming shows it. */
export const chatForm: AnswerForm = {
  answer: (text) => completion({ role: "assistant", content: text, refusal: null }, "stop"),
  toolCall: () =>
    completion({ role: "assistant", content: null, tool_calls: [CALL] }, "tool_calls"),
  emptyAnswer: () => ({
    ...completion({ role: "assistant", content: null, refusal: null }, null),
    usage: { ...USAGE, completion_tokens: 0, total_tokens: 8 },
  }),
  error: (failure) => ({ error: errorObject(failure) }),
  partialAnswer(failure) {
    const { choices, ...rest } = completion({ role: "assistant", content: HALVES[0] }, "error");
    return { ...rest, choices: choices.map((c) => ({ ...c, error: errorObject(failure) })) };
  },
  opening: () => event(chunk({ role: "assistant", content: "" }, null)),
  text: (piece) => event(chunk({ content: piece }, null)),
  closing: () =>
    finish("stop") + event({ ...chunk({ content: "" }, null), choices: [], usage: USAGE }) + DONE,
  toolCallStream: () =>
    event(chunk({ role: "assistant", content: null, tool_calls: [{ index: 0, ...CALL }] }, null)) +
    finish("tool_calls") +
    DONE,
  emptyStream: () => event(chunk({ role: "assistant", content: "" }, null)) + DONE,
  firstFailure: (failure) => event(failedChunk(failure)),
  laterFailure: (failure) => event(failedChunk(failure)),
  // As fixtures/chat-completions/stream-choice-level-error-after-content.json.
  partFailure(failure) {
    const { choices, ...rest } = chunk({ content: "" }, "error");
    const failed = choices.map((choice) => ({ ...choice, error: errorObject(failure) }));
    return event({ ...rest, choices: failed }) + DONE;
  },
};

function completion(message: object, reason: string | null) {
  const choice = {
    index: 0,
    logprobs: null,
    finish_reason: reason,
    native_finish_reason: reason,
    message,
  };
  return { ...COMMON, object: "chat.completion", choices: [choice], usage: USAGE };
}

function chunk(delta: object, reason: string | null) {
  const choice = {
    index: 0,
    delta,
    finish_reason: reason,
    native_finish_reason: reason,
    logprobs: null,
  };
  return { ...COMMON, object: "chat.completion.chunk", choices: [choice] };
}

function finish(reason: string): string {
  return event(chunk({ content: "" }, reason));
}

/** https://openrouter.ai/docs/api_reference/errors-and-debugging, Mid-stream errors. */
function failedChunk(failure: Failure): object {
  return { ...chunk({ content: "" }, "error"), error: errorObject(failure) };
}

function errorObject({ status, message, word }: Failure): object {
  return { code: status, message, metadata: { error_type: word, provider_name: "OpenAI" } };
}
