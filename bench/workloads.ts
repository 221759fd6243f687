/** What the stand-in for upstream is asked to answer with. */
export type Workload = "plain" | "events" | "comments" | "flood";

/** The header field in which the workload travels; both servers pass it on to upstream. */
export const WORKLOAD_FIELD = "x-session-id";

/** The path below which the stand-in answers, and the path at which both servers are asked. */
export const UPSTREAM_PREFIX = "/api/v1";
export const CHAT_PATH = "/v1/chat/completions";

const DONE = "data: [DONE]\n\n";
const CREATED = 1_763_856_000;
const MODEL = "openai/gpt-4o-mini";
const GENERATION = "gen-1763856000-Zk3bQ9xYt7LmWv2RsAfE";

/** A plain answer, of the size and the shape of a short one by OpenRouter. */
export const PLAIN_ANSWER = JSON.stringify({
  id: GENERATION,
  provider: "OpenAI",
  model: MODEL,
  object: "chat.completion",
  created: CREATED,
  choices: [
    {
      logprobs: null,
      finish_reason: "stop",
      native_finish_reason: "stop",
      index: 0,
      message: {
        role: "assistant",
        content:
          "A proxy stands between two parties and speaks to each in the other's name. ".repeat(2),
        refusal: null,
        reasoning: null,
      },
    },
  ],
  system_fingerprint: "fp_560af6e559",
  usage: { prompt_tokens: 46, completion_tokens: 31, total_tokens: 77 },
});

/** The events of one stream: the role, 100 pieces of text, the finish reason, the end. */
export const STREAM_EVENTS: string[] = [
  streamEvent({ role: "assistant", content: "" }, null),
  ...Array.from({ length: 100 }, (_, index) =>
    streamEvent({ role: "assistant", content: ` word number ${index}` }, null),
  ),
  streamEvent({ role: "assistant", content: "" }, "stop"),
  DONE,
];

/** What one request is answered with, where the answer has an end. */
export function expectedAnswer(workload: Workload): string {
  return workload === "plain" ? PLAIN_ANSWER : STREAM_EVENTS.join("");
}

/** The body of a request, some 500 bytes. */
export function requestBody(workload: Workload): string {
  const question = "What does a proxy do, and why should its status lines be true? ";
  return JSON.stringify({
    model: MODEL,
    messages: [
      { role: "system", content: "You are a helpful assistant that answers briefly." },
      { role: "user", content: question.repeat(4).trim() },
    ],
    temperature: 0.7,
    max_tokens: 256,
    stream: workload !== "plain",
  });
}

/** The header fields of a request. Nothing is compressed, so that no server has to decode. */
export function requestHeaders(workload: Workload): Record<string, string> {
  return {
    "accept-encoding": "identity",
    authorization: "Bearer sk-bench",
    "content-type": "application/json",
    [WORKLOAD_FIELD]: workload,
  };
}

function streamEvent(delta: { role: string; content: string }, finishReason: string | null) {
  const chunk = {
    id: GENERATION,
    provider: "OpenAI",
    model: MODEL,
    object: "chat.completion.chunk",
    created: CREATED,
    choices: [
      {
        index: 0,
        delta,
        finish_reason: finishReason,
        native_finish_reason: finishReason,
        logprobs: null,
      },
    ],
    system_fingerprint: "fp_560af6e559",
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
