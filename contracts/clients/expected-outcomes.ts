/** What the user of a client gets, and how many requests for it reach upstream. */
export interface ExpectedOutcome {
  text: string;
  /** Absent where the client reports none. */
  error?: string;
  status?: number;
  code?: string | number;
  requests: number;
}

/** By the names of situations. */
export type ExpectedOutcomes = Record<string, ExpectedOutcome>;

const answers = (text: string): ExpectedOutcome => ({ text, requests: 1 });

/** An error in place of an answer. */
const fails = (error: string, status: number, code?: string, requests = 1): ExpectedOutcome => ({
  text: "",
  error,
  status,
  ...(code !== undefined && { code }),
  requests,
});

/** An error behind some text. Chat's in-band codes are the status: a text where Candor found it. */
const breaksOff = (text: string, error: string, code?: string | number): ExpectedOutcome => ({
  text,
  error,
  ...(code !== undefined && { code }),
  requests: 1,
});

const PARIS = "The capital of France is Paris.";
const OVERLOADED = fails("InternalServerError", 503, "provider_overloaded", 3);
const OVERLOADED_MESSAGE = fails("ServiceUnavailableError", 503, "overloaded_error", 3);

/** What both providers of the AI SDK make of it. In band they read the `status` of an error. */
const AI: ExpectedOutcomes = {
  "healthy answer": answers(PARIS),
  "200 with an error": fails("RetryError of APICallError", 429, undefined, 3),
  "healthy stream": answers("Hello!"),
  "error before any text": fails("RetryError of APICallError", 429, undefined, 3),
  "error after text": {
    ...breaksOff("Hello", "StreamProviderError", 429),
    status: 429,
  },
};
const CUT = { ...breaksOff("Hello", "StreamProviderError", "502"), status: 502 };

/** What the users of each client get with Candor. */
export const CLIENT_OUTCOMES: Record<string, ExpectedOutcomes> = {
  "openai, chat": {
    "healthy answer": answers(PARIS),
    // The limit is a day's, and it heeds `x-should-retry: false`.
    "200 with an error": fails("RateLimitError", 429, "rate_limit_exceeded"),
    "healthy stream": answers("Hello!"),
    "error before any text": fails("RateLimitError", 429, "rate_limit_exceeded"),
    "error after text": breaksOff("Hello", "APIError", 429),
    "connection cut": breaksOff("Hello", "APIError", "502"),
    "stream ends early": breaksOff("Hel", "APIError", "502"),
  },
  "openai, responses": {
    "healthy answer": answers("Hello! How can I help you today?"),
    "200 with an error": OVERLOADED,
    "healthy stream": answers("Hello!"),
    "healthy stream with `[DONE]`": answers("Hello!"),
    "error before any text": OVERLOADED,
    "error after text": breaksOff("Once upon", "APIError", "provider_unavailable"),
    "connection cut": breaksOff("Once", "APIError", "provider_unavailable"),
    "stream ends early": breaksOff("Hello!", "APIError", "provider_unavailable"),
  },
  "openai, embeddings": {
    "healthy answer": answers("1.1, 3.2"),
    "200 with an error": fails("NotFoundError", 404, "not_found"),
  },
  "@anthropic-ai/sdk, messages": {
    "healthy answer": answers("I'm doing well, thank you for asking! How can I help you today?"),
    "200 with an error": OVERLOADED_MESSAGE,
    "healthy stream": answers("Hello!"),
    "healthy stream with `[DONE]`": answers("Hello!"),
    "error before any text": OVERLOADED_MESSAGE,
    "error after text": breaksOff("Hello", "APIError", "overloaded_error"),
    "connection cut": breaksOff("Hello", "APIError", "api_error"),
    "stream ends early": breaksOff("Hello", "APIError", "api_error"),
  },
  "ai with @openrouter/ai-sdk-provider, chat": {
    ...AI,
    // OpenRouter's own SDKs get every code as a number.
    "connection cut": { ...CUT, code: 502 },
    "stream ends early": { ...CUT, code: 502, text: "Hel" },
  },
  "ai with @ai-sdk/openai-compatible, chat": {
    ...AI,
    "connection cut": CUT,
    "stream ends early": { ...CUT, text: "Hel" },
  },
  "@langchain/openai, chat": {
    "healthy answer": answers(PARIS),
    // A day's limit has no `Retry-After`, and without one it does not try a 429 again.
    "200 with an error": fails("RateLimitError", 429, "rate_limit_exceeded"),
    "healthy stream": answers("Hello!"),
    "error before any text": fails("RateLimitError", 429, "rate_limit_exceeded"),
    "error after text": breaksOff("Hello", "APIError", 429),
    "connection cut": breaksOff("Hello", "APIError", "502"),
    "stream ends early": breaksOff("Hel", "APIError", "502"),
  },
  // It types `error.code` as a number. In band it throws nothing: its users look for `chunk.error`.
  "@openrouter/sdk, chat": {
    "healthy answer": answers(PARIS),
    "200 with an error": fails("TooManyRequestsResponseError", 429),
    "healthy stream": answers("Hello!"),
    "error before any text": fails("TooManyRequestsResponseError", 429),
    "error after text": breaksOff("Hello", "error object", 429),
    "connection cut": breaksOff("Hello", "error object", 502),
    "stream ends early": breaksOff("Hel", "error object", 502),
  },
};
