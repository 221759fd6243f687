import { Type } from "@sinclair/typebox";

/**
 * What OpenRouter is sure to reject is rejected here; everything else is free, since it adds fields
 * every month (https://openrouter.ai/docs/api_reference/overview).
 */
const NullableNumber = Type.Optional(
  Type.Union([Type.Number(), Type.Null()], { description: "a finite number or null" }),
);

/** The fields that every endpoint which generates text has. */
const GENERATION_FIELDS = {
  model: Type.Optional(Type.String()),
  models: Type.Optional(Type.Array(Type.String())),
  stream: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  temperature: NullableNumber,
  top_p: NullableNumber,
  top_k: NullableNumber,
};

const ChatMessage = Type.Object({
  role: Type.String(),
  content: Type.Optional(
    Type.Union([Type.String(), Type.Array(Type.Object({})), Type.Null()], {
      description: "a text, an array of parts, or null",
    }),
  ),
});

/** `POST /chat/completions` and `/completions`. */
export const ChatRequest = Type.Object({
  messages: Type.Optional(Type.Array(ChatMessage, { minItems: 1 })),
  prompt: Type.Optional(Type.Union([Type.String(), Type.Array(Type.Unknown())])),
  ...GENERATION_FIELDS,
  top_a: NullableNumber,
  min_p: NullableNumber,
  frequency_penalty: NullableNumber,
  presence_penalty: NullableNumber,
  repetition_penalty: NullableNumber,
  seed: NullableNumber,
  max_tokens: NullableNumber,
  max_completion_tokens: NullableNumber,
  top_logprobs: NullableNumber,
});

/** `POST /embeddings`, as in OpenAI's API: one text, several, or tokens. */
export const EmbeddingsRequest = Type.Object({
  input: Type.Union([Type.String(), Type.Array(Type.Unknown())], {
    description: "a text or an array",
  }),
  model: Type.Optional(Type.String()),
  dimensions: NullableNumber,
});

const AnthropicMessage = Type.Object({
  role: Type.String(),
  content: Type.Union([Type.String(), Type.Array(Type.Object({}))], {
    description: "a text, or an array of content blocks",
  }),
});

/**
 * `POST /messages`. Unlike Anthropic, OpenRouter does not ask for `max_tokens`
 * (https://github.com/OpenRouterTeam/docs/blob/main/openapi/openapi.yaml, `MessagesRequest`).
 */
export const MessagesRequest = Type.Object({
  messages: Type.Array(AnthropicMessage, { minItems: 1 }),
  ...GENERATION_FIELDS,
  max_tokens: NullableNumber,
});

/**
 * `POST /responses`. `input` may be missing: a stored `prompt` can take its place
 * (https://openrouter.ai/docs/api/api-reference/responses/create-responses).
 */
export const ResponsesRequest = Type.Object({
  input: Type.Optional(
    Type.Union([Type.String(), Type.Array(Type.Object({}))], {
      description: "a text, or an array of items",
    }),
  ),
  ...GENERATION_FIELDS,
  top_logprobs: NullableNumber,
  frequency_penalty: NullableNumber,
  presence_penalty: NullableNumber,
  max_output_tokens: NullableNumber,
  max_tool_calls: NullableNumber,
});
