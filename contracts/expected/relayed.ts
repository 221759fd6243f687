/** Healthy answers, which reach the client byte for byte. By fixture. */
export const UNTOUCHED: string[] = [
  "200-audio",
  "200-big-numbers",
  "200-content-about-errors",
  "200-documented",
  "200-error-empty-object",
  "200-hop-by-hop-headers",
  "200-length-empty-content",
  "200-padded-success",
  "200-prompt-text",
  "200-refusal",
  "200-success",
  "200-tool-calls",
  "200-two-choices",
  "error-null-success",
  "stream-comments-between-events",
  "stream-content-about-errors",
  "stream-cr-success",
  "stream-crlf-success",
  "stream-done-without-blank-line",
  "stream-done-without-finish",
  "stream-error-null-key",
  "stream-fields-besides-data",
  "stream-final-usage-repeats-finish",
  "stream-finish-only",
  "stream-gzip-success",
  "stream-invalid-utf8",
  "stream-multi-line-data",
  "stream-reasoning",
  "stream-refusal",
  "stream-split-inside-character",
  "stream-success",
  "stream-success-recorded",
  "stream-tool-calls",
  "stream-two-choices",
  "stream-usage-without-choices",
];

/** A stream that cannot go out as it came: its first events do, and then what the truth is. */
export interface ExpectedStream {
  /** How many blocks of the recording go out untouched, comments included. */
  kept: number;
  /** The data of the events after them. */
  after: unknown[];
}

/** What a client gets of a stream that was committed and then changed its mind. By fixture. */
export const endings: Record<string, ExpectedStream> = {
  "stream-429-after-content": {
    kept: 2,
    after: [
      {
        error: {
          status: 429,
          message: "Rate limit exceeded",
          type: "rate_limit_error",
          param: null,
          code: "rate_limit_exceeded",
          metadata: { error_type: "rate_limit_exceeded" },
        },
        id: "gen-abc123",
        object: "chat.completion.chunk",
        created: 1234567890,
        model: "openai/gpt-4o",
        provider: "OpenAI",
        choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
      },
    ],
  },
  "stream-choice-level-error-after-content": {
    kept: 1,
    after: [
      {
        error: {
          status: 502,
          message: "Error processing stream",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
          metadata: { provider_name: "DeepInfra", raw: { retryable: true } },
        },
        id: "gen-1746476745-fk1UtxcLOZMNLZYIIVow",
        provider: "DeepInfra",
        model: "deepseek/deepseek-chat",
        object: "chat.completion.chunk",
        created: 1746476745,
        choices: [
          {
            error: {
              message: "Error processing stream",
              code: 502,
              metadata: { provider_name: "DeepInfra", raw: { retryable: true } },
            },
            index: 0,
            delta: { role: "assistant", content: "" },
            finish_reason: "error",
            native_finish_reason: "error",
            logprobs: null,
          },
        ],
      },
    ],
  },
  "stream-comment-after-done": { kept: 3, after: [] },
  "stream-content-error-usage-done": {
    kept: 1,
    after: [
      {
        error: {
          status: 502,
          message: "Provider disconnected",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
          metadata: { error_type: "provider_unavailable" },
        },
        id: "gen-1",
        object: "chat.completion.chunk",
        created: 1,
        model: "m",
        provider: "P",
        choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
      },
    ],
  },
  "stream-crlf-error-after-content": {
    kept: 1,
    after: [
      {
        error: {
          status: 429,
          message: "Rate limit exceeded",
          type: "rate_limit_error",
          param: null,
          code: "rate_limit_exceeded",
        },
        id: "gen-1790000000-Candor00000000000000",
        provider: "OpenAI",
        model: "openai/gpt-4o-mini",
        object: "chat.completion.chunk",
        created: 1790000000,
        choices: [],
      },
    ],
  },
  "stream-cut-after-content": {
    kept: 4,
    after: [
      {
        error: {
          status: 502,
          message: "The connection to upstream broke off before the answer was complete.",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
      },
    ],
  },
  "stream-cut-after-finish": {
    kept: 2,
    after: [
      {
        error: {
          status: 502,
          message: "The connection to upstream broke off before the answer was complete.",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
      },
    ],
  },
  "stream-cut-inside-event": {
    kept: 1,
    after: [
      {
        error: {
          status: 502,
          message: "The connection to upstream broke off before the answer was complete.",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
      },
    ],
  },
  "stream-ends-without-finish": {
    kept: 2,
    after: [
      {
        error: {
          status: 502,
          message: "Upstream's stream ended before the answer did.",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
      },
    ],
  },
  "stream-error-after-done": { kept: 3, after: [] },
  "stream-error-between-finishes": {
    kept: 1,
    after: [
      {
        error: {
          status: 502,
          message: "Provider disconnected",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
        id: "gen-1790000000-Candor00000000000000",
        provider: "OpenAI",
        model: "openai/gpt-4o-mini",
        object: "chat.completion.chunk",
        created: 1790000000,
        choices: [],
      },
    ],
  },
  "stream-finish-no-done": { kept: 2, after: ["[DONE]"] },
  "stream-finish-without-blank-line": {
    kept: 1,
    after: [
      {
        id: "gen-1790000000-Candor00000000000000",
        provider: "OpenAI",
        model: "openai/gpt-4o-mini",
        object: "chat.completion.chunk",
        created: 1790000000,
        choices: [
          {
            index: 0,
            delta: {},
            finish_reason: "stop",
            native_finish_reason: "stop",
            logprobs: null,
          },
        ],
      },
      "[DONE]",
    ],
  },
  "stream-idle-timeout-after-content": {
    kept: 2,
    after: [
      {
        error: {
          status: 504,
          message: "Upstream idle timeout exceeded",
          type: "server_error",
          param: null,
          code: "timeout",
          metadata: { error_type: "timeout" },
        },
        id: "gen-1",
        object: "chat.completion.chunk",
        created: 1,
        model: "m",
        choices: [],
      },
    ],
  },
  "stream-malformed-json-after-content": {
    kept: 1,
    after: [
      {
        error: {
          status: 502,
          message: "Upstream sent an event whose data is not JSON.",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
      },
    ],
  },
  "stream-one-choice-unfinished": {
    kept: 3,
    after: [
      {
        error: {
          status: 502,
          message: "Upstream's stream ended before the answer did.",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
      },
    ],
  },
  "stream-partial-error-done": {
    kept: 1,
    after: [
      {
        error: {
          status: 502,
          message: "Provider returned error",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
          metadata: { raw: "upstream connect error", provider_name: "Together" },
        },
        id: "gen-1",
        object: "chat.completion.chunk",
        created: 1741570500,
        model: "meta/llama",
        provider: "Together",
        choices: [
          {
            index: 0,
            delta: { role: "assistant", content: "" },
            finish_reason: "error",
            native_finish_reason: "error",
          },
        ],
      },
    ],
  },
  "stream-string-code-after-content": {
    kept: 1,
    after: [
      {
        error: {
          status: 500,
          message: "Provider disconnected unexpectedly",
          type: "server_error",
          param: null,
          code: "server_error",
        },
        id: "cmpl-abc123",
        object: "chat.completion.chunk",
        created: 1234567890,
        model: "openai/gpt-4o",
        provider: "openai",
        choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
      },
    ],
  },
  "stream-string-error-after-content": {
    kept: 1,
    after: [
      {
        error: {
          status: 502,
          message: "Provider disconnected",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
      },
    ],
  },
  "stream-token-limit-in-usage-chunk": {
    kept: 20,
    after: [
      {
        id: "gen-1762179802-UN8pkJI4AGZvryk0kFnb",
        provider: "Minimax",
        model: "minimax/minimax-m2:free",
        object: "chat.completion.chunk",
        created: 1762179802,
        choices: [
          {
            index: 0,
            delta: { role: "assistant", content: "" },
            finish_reason: null,
            native_finish_reason: null,
            logprobs: null,
          },
        ],
        usage: {
          prompt_tokens: 43,
          completion_tokens: 10,
          total_tokens: 53,
          cost: 0,
          is_byok: false,
          prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
          cost_details: {
            upstream_inference_cost: null,
            upstream_inference_prompt_cost: 0,
            upstream_inference_completions_cost: 0,
          },
          completion_tokens_details: { reasoning_tokens: 11, image_tokens: 0 },
        },
      },
      "[DONE]",
    ],
  },
};
