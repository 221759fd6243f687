import type { ExpectedError } from "./error.ts";

/** What a client gets where a 200 held an error, or no answer at all, in a plain body. By fixture. */
export const jsonErrors: Record<string, ExpectedError> = {
  "200-402-in-flight": {
    status: 402,
    rule: "error-in-body",
    retry: false,
    body: {
      error: {
        message:
          "This request would exceed your available credits given your current in-flight requests. Retry after in-flight requests settle, or add credits.",
        type: "insufficient_quota",
        param: null,
        code: "insufficient_quota",
        metadata: {
          reason: "in_flight_budget_exhausted",
          limit_source: "openrouter_in_flight_budget",
        },
      },
    },
  },
  "200-all-null": {
    status: 502,
    rule: "no-answer",
    retry: true,
    body: {
      error: {
        message: "Upstream answered without a message.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
      id: null,
      choices: null,
      created: 1768361801,
      model: null,
      object: null,
      service_tier: null,
      system_fingerprint: null,
      usage: null,
    },
  },
  "200-bare-error": {
    status: 429,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "Rate limit exceeded",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
      },
    },
  },
  "200-choice-error-chutes": {
    status: 502,
    rule: "error-in-choice",
    retry: true,
    body: {
      error: {
        message: "Upstream melted",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
      id: "x",
      object: "chat.completion",
      created: 0,
      model: "m",
      provider: "Chutes",
      choices: [
        {
          index: 0,
          finish_reason: "error",
          native_finish_reason: "error",
          error: { code: 502, message: "Upstream melted" },
          message: { role: "assistant", content: "" },
        },
      ],
    },
  },
  "200-choice-error-partial": {
    status: 502,
    rule: "error-in-choice",
    retry: true,
    body: {
      error: {
        message: "Provider disconnected mid-stream",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
        metadata: { error_type: "provider_unavailable" },
      },
      choices: [
        {
          message: { role: "assistant", content: "partial output..." },
          finish_reason: "error",
          error: {
            code: 502,
            message: "Provider disconnected mid-stream",
            metadata: { error_type: "provider_unavailable" },
          },
        },
      ],
    },
  },
  "200-corrupted-thought-signature": {
    status: 400,
    rule: "error-in-body",
    retry: false,
    body: {
      error: {
        message: "Corrupted thought signature.",
        type: "invalid_request_error",
        param: null,
        code: "invalid_request",
      },
    },
  },
  "200-embedded-429-no-meta": {
    status: 429,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "Rate limit exceeded",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
      },
    },
  },
  "200-embedded-429-typed": {
    status: 429,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "Rate limit exceeded",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
        metadata: { error_type: "rate_limit_exceeded", provider_code: "rate_limited" },
      },
    },
  },
  "200-empty-body": {
    status: 502,
    rule: "empty-body",
    retry: true,
    body: {
      error: {
        message: "Upstream answered with an empty body.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "200-empty-choices": {
    status: 502,
    rule: "no-answer",
    retry: true,
    body: {
      error: {
        message: "Upstream answered without a message.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
      model: "m",
      choices: [],
    },
  },
  "200-error-429-free-models-per-day": {
    status: 429,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "Rate limit exceeded: free-models-per-day",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
      },
    },
  },
  "200-error-http-status": {
    status: 503,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "Overloaded",
        type: "server_error",
        param: null,
        code: "provider_overloaded",
        http_status: 503,
        error_type: "provider_overloaded",
      },
    },
  },
  "200-error-message-object": {
    status: 400,
    rule: "error-in-body",
    retry: false,
    body: {
      error: {
        message: '{"detail":"bad tool"}',
        type: "invalid_request_error",
        param: null,
        code: "invalid_request",
      },
    },
  },
  "200-error-only-with-id": {
    status: 502,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "Provider disconnected mid-stream",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
        metadata: { error_type: "provider_unavailable" },
      },
      id: "gen-1748372404-ErRoR000000000000001",
    },
  },
  "200-error-string": {
    status: 502,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "No successful provider responses",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "200-error-type-beside": {
    status: 504,
    rule: "error-in-body",
    retry: true,
    body: {
      error: { message: "Timed out", type: "server_error", param: null, code: "timeout" },
      error_type: "timeout",
      metadata: { provider_name: "Azure" },
    },
  },
  "200-error-unknown-word": {
    status: 502,
    rule: "error-in-body",
    retry: true,
    body: { error: { message: "boom", type: "server_error", param: null, code: "flux_capacitor" } },
  },
  "200-failed-generation": {
    status: 502,
    rule: "failed-generation",
    retry: true,
    body: {
      error: {
        message: "The provider ended without an answer: no content, no finish reason, no tokens.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
      id: "gen-1790000000-Candor00000000000000",
      provider: "OpenAI",
      model: "openai/gpt-4o-mini",
      object: "chat.completion",
      created: 1790000000,
      choices: [
        {
          logprobs: null,
          finish_reason: null,
          native_finish_reason: null,
          index: 0,
          message: { role: "assistant", content: null, refusal: null, reasoning: null },
        },
      ],
      usage: { prompt_tokens: 8, completion_tokens: 0, total_tokens: 8 },
    },
  },
  "200-gemini-provider-400": {
    status: 400,
    rule: "error-in-body",
    retry: false,
    body: {
      error: {
        message: "Provider returned error",
        type: "invalid_request_error",
        param: null,
        code: "invalid_request",
      },
    },
  },
  "200-gzip-error": {
    status: 429,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "Rate limit exceeded",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
      },
    },
  },
  "200-html": {
    status: 502,
    rule: "unexpected-form",
    retry: true,
    body: {
      error: {
        message:
          "Upstream answered with text/html; charset=utf-8: Just a moment... Checking your browser",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "200-idle-timeout-504": {
    status: 504,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "Upstream idle timeout exceeded",
        type: "server_error",
        param: null,
        code: "timeout",
        metadata: { error_type: "timeout" },
      },
    },
  },
  "200-json-error-injected": {
    status: 502,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "JSON error injected into SSE stream",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
        metadata: { error_type: "provider_unavailable" },
      },
      id: "gen-1234",
    },
  },
  "200-native-network-error": {
    status: 502,
    rule: "failed-generation",
    retry: true,
    body: {
      error: {
        message: "The provider failed: network_error.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
      id: "gen-1790000000-Candor00000000000000",
      provider: "OpenAI",
      model: "openai/gpt-4o-mini",
      object: "chat.completion",
      created: 1790000000,
      choices: [
        {
          index: 0,
          finish_reason: "stop",
          native_finish_reason: "network_error",
          message: { role: "assistant", content: "" },
        },
      ],
      usage: { prompt_tokens: 8, completion_tokens: 3, total_tokens: 11 },
    },
  },
  "200-nested-in-provider": {
    status: 502,
    rule: "no-answer",
    retry: true,
    body: {
      error: {
        message: "Upstream answered without a message.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
      id: null,
      choices: null,
      model: null,
      object: null,
      provider: {
        id: "gen-123",
        choices: [{ message: { content: "..." }, finish_reason: "stop" }],
        model: "google/gemini-3-flash-preview",
        provider: "Google",
      },
    },
  },
  "200-nul-padding": {
    status: 502,
    rule: "not-json",
    retry: true,
    body: {
      error: {
        message: "Upstream's answer is not JSON.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "200-null-choices-400": {
    status: 400,
    rule: "error-in-body",
    retry: false,
    body: {
      error: {
        message: "...",
        type: "invalid_request_error",
        param: null,
        code: "invalid_request",
      },
      id: null,
      choices: null,
    },
  },
  "200-null-choices-524": {
    status: 524,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "Provider returned error",
        type: "server_error",
        param: null,
        code: "timeout",
        metadata: { raw: "error code: 524", provider_name: "Google" },
      },
      id: null,
      choices: null,
      created: null,
      model: null,
      object: null,
    },
  },
  "200-padded-error-504": {
    status: 504,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "The operation was aborted",
        type: "server_error",
        param: null,
        code: "timeout",
      },
    },
  },
  "200-padded-truncated": {
    status: 502,
    rule: "cut",
    retry: true,
    body: {
      error: {
        message: "The connection to upstream broke off before the answer was complete.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "200-processing-comments-json": {
    status: 502,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "Provider returned error",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "200-text": {
    status: 502,
    rule: "unexpected-form",
    retry: true,
    body: {
      error: {
        message:
          "Upstream answered with text/plain: upstream connect error or disconnect/reset before headers",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "200-whitespace-crlf": {
    status: 504,
    rule: "error-in-body",
    retry: true,
    body: { error: { message: "aborted", type: "server_error", param: null, code: "timeout" } },
  },
  "200-whitespace-only": {
    status: 502,
    rule: "empty-body",
    retry: true,
    body: {
      error: {
        message: "Upstream answered with an empty body.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "choices-missing-message": {
    status: 502,
    rule: "no-answer",
    retry: true,
    body: {
      error: {
        message: "Upstream answered without a message.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
      id: "gen-1",
      object: "chat.completion",
      choices: [{ index: 0, finish_reason: "stop" }],
    },
  },
  "code-1000": {
    status: 502,
    rule: "error-in-body",
    retry: true,
    body: {
      error: { message: "boom", type: "server_error", param: null, code: "provider_unavailable" },
    },
  },
  "code-200": {
    status: 502,
    rule: "error-in-body",
    retry: true,
    body: {
      error: { message: "boom", type: "server_error", param: null, code: "provider_unavailable" },
    },
  },
  "code-499": {
    status: 499,
    rule: "error-in-body",
    retry: false,
    body: {
      error: {
        message: "client closed",
        type: "invalid_request_error",
        param: null,
        code: "invalid_request",
      },
    },
  },
  "code-negative": {
    status: 502,
    rule: "error-in-body",
    retry: true,
    body: {
      error: { message: "boom", type: "server_error", param: null, code: "provider_unavailable" },
    },
  },
  "code-null": {
    status: 502,
    rule: "error-in-body",
    retry: true,
    body: {
      error: { message: "boom", type: "server_error", param: null, code: "provider_unavailable" },
    },
  },
  "code-numeric-string": {
    status: 429,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "slow down",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
      },
    },
  },
  "code-string-insufficient-quota": {
    status: 402,
    rule: "error-in-body",
    retry: false,
    body: {
      error: {
        message: "no quota",
        type: "insufficient_quota",
        param: null,
        code: "insufficient_quota",
      },
    },
  },
  "code-string-server-error": {
    status: 500,
    rule: "error-in-body",
    retry: true,
    body: { error: { message: "boom", type: "server_error", param: null, code: "server_error" } },
  },
  "code-zero": {
    status: 502,
    rule: "error-in-body",
    retry: true,
    body: {
      error: { message: "boom", type: "server_error", param: null, code: "provider_unavailable" },
    },
  },
  "error-array": {
    status: 429,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "You exceeded your current quota",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
        status: "RESOURCE_EXHAUSTED",
      },
    },
  },
  "error-true": {
    status: 502,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "Upstream reported an error and did not say which.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "json-array-200": {
    status: 502,
    rule: "no-answer",
    retry: true,
    body: {
      error: {
        message: "Upstream's answer is not a JSON object.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "json-error-for-stream": {
    status: 429,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "Rate limit exceeded",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
      },
    },
  },
  "json-null-200": {
    status: 502,
    rule: "no-answer",
    retry: true,
    body: {
      error: {
        message: "Upstream's answer is not a JSON object.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "json-scalar-200": {
    status: 502,
    rule: "no-answer",
    retry: true,
    body: {
      error: {
        message: "Upstream's answer is not a JSON object.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "json-success-for-stream": {
    status: 502,
    rule: "unexpected-form",
    retry: true,
    body: {
      error: {
        message: "Upstream answered a streaming request with plain JSON.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "no-content-type-json": {
    status: 429,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "Rate limit exceeded",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
      },
    },
  },
  "stream-html-200": {
    status: 502,
    rule: "unexpected-form",
    retry: true,
    body: {
      error: {
        message: "Upstream answered with text/html; charset=UTF-8: challenge",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "text-plain-json": {
    status: 429,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "Rate limit exceeded",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
      },
    },
  },
};
