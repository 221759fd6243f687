const DONE = "data: [DONE]\n\n";
const CREATED = 1_763_856_000;
/** The model that is asked. */
export const MODEL = "openai/gpt-4o-mini";
const GENERATION = "gen-1763856000-Zk3bQ9xYt7LmWv2RsAfE";
const FINGERPRINT = "fp_560af6e559";
const LARGE_BYTES = 1_000_000;

/** A plain answer, of the size and the shape of a short one by OpenRouter. */
export const PLAIN_ANSWER = plainAnswer(
  "A proxy stands between two parties and speaks to each in the other's name. ".repeat(2),
);

/** A plain answer of a megabyte. */
export const LARGE_ANSWER = plainAnswer(
  "A proxy says what it was told. ".repeat(LARGE_BYTES / 31).padEnd(LARGE_BYTES, "."),
);

/** The first text of a stream, by which a client knows it. */
export const FIRST_TEXT = " word number 0";

/** The events of one stream: the role, 100 pieces of text, the finish reason, the end. */
export const STREAM_EVENTS: string[] = [
  streamEvent({ role: "assistant", content: "" }, null),
  ...Array.from({ length: 100 }, (_, index) =>
    streamEvent({ role: "assistant", content: ` word number ${index}` }, null),
  ),
  streamEvent({ role: "assistant", content: "" }, "stop"),
  DONE,
];

/** A stream that is kept open: what it begins with, and what it ends with. */
export const SHORT_STREAM = {
  beginning: STREAM_EVENTS.slice(0, 2).join(""),
  end: STREAM_EVENTS.slice(-2).join(""),
};

/** A plain answer with this text, by a model with this fingerprint. */
export function plainAnswer(content: string, fingerprint = FINGERPRINT): string {
  return JSON.stringify({
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
        message: { role: "assistant", content, refusal: null, reasoning: null },
      },
    ],
    system_fingerprint: fingerprint,
    usage: { prompt_tokens: 46, completion_tokens: 31, total_tokens: 77 },
  });
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
    system_fingerprint: FINGERPRINT,
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
