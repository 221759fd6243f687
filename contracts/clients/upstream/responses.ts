import type { Failure } from "../situations.ts";
import { type AnswerForm, ARGUMENTS, event, HALVES } from "./answer-form.ts";

const USAGE = {
  input_tokens: 8,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 6,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 14,
};
const CALL = {
  id: "fc_1",
  type: "function_call",
  call_id: "call_1",
  name: "get_weather",
  status: "completed",
  arguments: ARGUMENTS,
};
const PLACE = { item_id: "msg_1", output_index: 0, content_index: 0 };
const DONE = "data: [DONE]\n\n";

/** `/responses`, as fixtures/responses/stream-comments-and-done.json and -failed-after-deltas.json. */
export const responsesForm: AnswerForm = {
  answer: (text) => response("completed", [message(text)]),
  toolCall: () => response("completed", [CALL]),
  // As fixtures/responses/200-in-progress-empty.json.
  emptyAnswer: () => response("in_progress", []),
  error: ({ status, message: words, word }) => ({
    error: { code: status, message: words, metadata: { error_type: word } },
  }),
  partialAnswer: (failure) => response("failed", [message(HALVES[0], "incomplete")], of(failure)),
  opening: () =>
    step("response.created", { response: response("in_progress", []) }, 0) +
    step("response.in_progress", { response: response("in_progress", []) }, 1) +
    step("response.output_item.added", { output_index: 0, item: begun() }, 2) +
    step("response.content_part.added", { ...PLACE, part: part("") }, 3),
  text: (piece) => step("response.output_text.delta", { ...PLACE, delta: piece, logprobs: [] }, 4),
  closing: (text) =>
    step("response.output_text.done", { ...PLACE, text, logprobs: [] }, 6) +
    step("response.content_part.done", { ...PLACE, part: part(text) }, 7) +
    step("response.output_item.done", { output_index: 0, item: message(text) }, 8) +
    step("response.completed", { response: response("completed", [message(text)]) }, 9) +
    DONE,
  toolCallStream: () =>
    step("response.created", { response: response("in_progress", []) }, 0) +
    step("response.output_item.added", { output_index: 0, item: { ...CALL, arguments: "" } }, 1) +
    step("response.function_call_arguments.delta", { ...called(), delta: ARGUMENTS }, 2) +
    step("response.function_call_arguments.done", { ...called(), arguments: ARGUMENTS }, 3) +
    step("response.output_item.done", { output_index: 0, item: CALL }, 4) +
    step("response.completed", { response: response("completed", [CALL]) }, 5) +
    DONE,
  emptyStream: () => step("response.created", { response: response("in_progress", []) }, 0) + DONE,
  firstFailure: (failure) =>
    step("response.created", { response: response("in_progress", []) }, 0) +
    step("response.failed", { response: response("failed", [], of(failure)) }, 1) +
    DONE,
  laterFailure: (failure) =>
    step("response.failed", { response: response("failed", [], of(failure)) }, 5) + DONE,
  // The other way in which this endpoint fails: fixtures/responses/stream-error-after-deltas.json.
  partFailure: ({ message: words, word }) =>
    step("error", { code: word, message: words, param: null }, 5) + DONE,
};

function step(type: string, fields: object, number: number): string {
  return event({ type, ...fields, sequence_number: number }, type);
}

function response(status: string, output: object[], more: object = {}): object {
  return {
    id: "gen-1790000000-Candor00000000000000",
    object: "response",
    created_at: 1790000000,
    completed_at: status === "completed" ? 1790000001 : null,
    model: "openai/gpt-4o-mini",
    status,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    output,
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: "auto",
    tools: [],
    top_p: null,
    frequency_penalty: null,
    presence_penalty: null,
    usage: status === "completed" ? USAGE : null,
    ...more,
  };
}

/** Its own list of codes has two words for what can go wrong later: the rest is `error_type`. */
function of({ status, message: words, word }: Failure): object {
  const code = status === 429 ? "rate_limit_exceeded" : "server_error";
  return { error: { code, message: words }, error_type: word };
}

function message(text: string, status = "completed"): object {
  return { id: "msg_1", type: "message", role: "assistant", status, content: [part(text)] };
}

function begun(): object {
  return { id: "msg_1", type: "message", role: "assistant", status: "in_progress", content: [] };
}

function part(text: string): object {
  return { type: "output_text", text, annotations: [], logprobs: [] };
}

function called(): object {
  return { item_id: "fc_1", output_index: 0 };
}
