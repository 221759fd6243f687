import { Type } from "@sinclair/typebox";

/**
 * What OpenRouter is sure to reject is rejected here; everything else is free, since it adds fields
 * every month (https://openrouter.ai/docs/api_reference/overview). A description says what a field
 * has to be: it ends the sentence that a caller gets.
 */
const NullableNumber = Type.Optional(
  Type.Union([Type.Number(), Type.Null()], { description: "a finite number or null" }),
);
const Text = Type.String({ description: "a string" });
const Part = Type.Object({});
const BODY = { description: "a JSON object" };
const MESSAGE = { description: "an object with a role" };
const MESSAGES = { minItems: 1, description: "an array of at least one message" };

/** The fields that every endpoint which generates text has. */
const GENERATION_FIELDS = {
  model: Type.Optional(Text),
  models: Type.Optional(Type.Array(Text, { description: "an array of strings" })),
  stream: Type.Optional(
    Type.Union([Type.Boolean(), Type.Null()], { description: "true, false or null" }),
  ),
  temperature: NullableNumber,
  top_p: NullableNumber,
  top_k: NullableNumber,
};

const ChatMessage = Type.Object(
  {
    role: Text,
    content: Type.Optional(
      Type.Union([Text, Type.Array(Part), Type.Null()], {
        description: "a string, an array of parts or null",
      }),
    ),
  },
  MESSAGE,
);

/** `POST /chat/completions` and `/completions`. */
export const ChatRequest = Type.Object(
  {
    messages: Type.Optional(Type.Array(ChatMessage, MESSAGES)),
    prompt: Type.Optional(
      Type.Union([Text, Type.Array(Type.Unknown())], { description: "a string or an array" }),
    ),
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
  },
  BODY,
);

/** `POST /embeddings`, as in OpenAI's API: one text, several, or tokens. */
export const EmbeddingsRequest = Type.Object(
  {
    input: Type.Union([Text, Type.Array(Type.Unknown())], {
      description: "a string or an array",
    }),
    model: Type.Optional(Text),
    dimensions: NullableNumber,
  },
  BODY,
);

const AnthropicMessage = Type.Object(
  {
    role: Text,
    content: Type.Union([Text, Type.Array(Part)], {
      description: "a string or an array of content blocks",
    }),
  },
  MESSAGE,
);

/**
 * `POST /messages`. Unlike Anthropic, OpenRouter does not ask for `max_tokens`
 * (https://github.com/OpenRouterTeam/docs/blob/main/openapi/openapi.yaml, `MessagesRequest`).
 */
export const MessagesRequest = Type.Object(
  {
    messages: Type.Array(AnthropicMessage, MESSAGES),
    ...GENERATION_FIELDS,
    max_tokens: NullableNumber,
  },
  BODY,
);

/**
 * `POST /responses`. `input` may be missing: a stored `prompt` can take its place
 * (https://openrouter.ai/docs/api/api-reference/responses/create-responses).
 */
export const ResponsesRequest = Type.Object(
  {
    input: Type.Optional(
      Type.Union([Text, Type.Array(Part)], { description: "a string or an array of items" }),
    ),
    ...GENERATION_FIELDS,
    top_logprobs: NullableNumber,
    frequency_penalty: NullableNumber,
    presence_penalty: NullableNumber,
    max_output_tokens: NullableNumber,
    max_tool_calls: NullableNumber,
  },
  BODY,
);
