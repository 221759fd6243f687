import { Type } from "@sinclair/typebox";

const Message = Type.String({ minLength: 1, description: "upstream's words, or Candor's own" });
const Metadata = Type.Optional(
  Type.Object(
    { error_type: Type.String({ description: "the word for the failure" }) },
    { description: "whatever upstream told besides" },
  ),
);
const InBandStatus = Type.Optional(
  Type.Integer({ description: "the true status of an error in band" }),
);

/** An error as OpenAI's clients read it, and, on /api/v1, OpenRouter's. */
export const OpenAiError = Type.Object(
  {
    error: Type.Object({
      message: Message,
      type: Type.String({ description: "OpenAI's word for the status" }),
      param: Type.Union([Type.String(), Type.Null()], {
        description: "the field of the request that is wrong",
      }),
      code: Type.Union([Type.String(), Type.Integer(), Type.Null()], {
        description: "a word for the failure; the status as a number in OpenRouter's form",
      }),
      metadata: Metadata,
      status: InBandStatus,
    }),
  },
  { description: "What upstream put beside `error`, or into it, stays there." },
);

/** An error as Anthropic's clients read it. */
export const AnthropicError = Type.Object({
  type: Type.Literal("error"),
  error: Type.Object({
    type: Type.String({ description: "Anthropic's word for the status" }),
    message: Message,
    code: Type.Optional(Type.String({ description: "a word for the failure" })),
    metadata: Metadata,
  }),
  request_id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});
