/** A named endpoint: what its clients send, and in which form they read errors. */
export interface NamedEndpoint {
  path: string;
  summary: string;
  schema: string;
  /** One of these has to be there. */
  requires?: string[];
  form: "OpenAiError" | "AnthropicError";
}

/** The named endpoints, in the order of the document. */
export const NAMED_ENDPOINTS: NamedEndpoint[] = [
  {
    path: "/chat/completions",
    summary: "A chat completion, with its true status",
    schema: "ChatRequest",
    requires: ["messages", "prompt"],
    form: "OpenAiError",
  },
  {
    path: "/completions",
    summary: "A completion of a text",
    schema: "ChatRequest",
    requires: ["prompt", "messages"],
    form: "OpenAiError",
  },
  { path: "/embeddings", summary: "Embeddings", schema: "EmbeddingsRequest", form: "OpenAiError" },
  { path: "/responses", summary: "A Response", schema: "ResponsesRequest", form: "OpenAiError" },
  {
    path: "/messages",
    summary: "A message; errors in Anthropic's form",
    schema: "MessagesRequest",
    form: "AnthropicError",
  },
];
