import type { Expectations } from "./index.ts";

/** `/completions`, by fixture. */
export const completions: Expectations = {
  errors: {
    "200-choice-error": {
      status: 502,
      rule: "error-in-choice",
      retry: true,
      body: {
        error: {
          message: "Provider disconnected",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
        id: "gen-1790000000-Candor00000000000001",
        provider: "OpenAI",
        model: "openai/gpt-3.5-turbo-instruct",
        object: "text_completion",
        created: 1790000000,
        choices: [
          {
            index: 0,
            text: "This is",
            finish_reason: "error",
            error: { code: 502, message: "Provider disconnected" },
          },
        ],
      },
    },
    "200-error-429": {
      status: 429,
      rule: "error-in-body",
      retry: true,
      body: {
        error: {
          message: "Rate limit exceeded: free-models-per-min",
          type: "rate_limit_error",
          param: null,
          code: "rate_limit_exceeded",
        },
      },
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
        id: "gen-1790000000-Candor00000000000001",
        provider: "OpenAI",
        model: "openai/gpt-3.5-turbo-instruct",
        object: "text_completion",
        created: 1790000000,
        choices: [
          { index: 0, text: "", finish_reason: null, native_finish_reason: null, logprobs: null },
        ],
        usage: { prompt_tokens: 5, completion_tokens: 0, total_tokens: 5 },
      },
    },
    "200-no-choices": {
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
        id: "gen-1790000000-Candor00000000000001",
        object: "text_completion",
        choices: [],
      },
    },
    "stream-error-429-after-comments": {
      status: 429,
      rule: "error-in-event",
      retry: true,
      body: {
        error: {
          message: "Rate limit exceeded: free-models-per-min",
          type: "rate_limit_error",
          param: null,
          code: "rate_limit_exceeded",
        },
      },
    },
    "200-finish-error": {
      status: 502,
      rule: "error-in-choice",
      retry: true,
      body: {
        error: {
          message: "The provider failed while it wrote the answer.",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
        id: "gen-1790000000-Candor00000000000001",
        provider: "OpenAI",
        model: "openai/gpt-3.5-turbo-instruct",
        object: "text_completion",
        created: 1790000000,
        choices: [
          {
            index: 0,
            text: "This is",
            finish_reason: "error",
            native_finish_reason: null,
            logprobs: null,
          },
        ],
      },
    },
    "200-native-error": {
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
        id: "gen-1790000000-Candor00000000000001",
        provider: "OpenAI",
        model: "openai/gpt-3.5-turbo-instruct",
        object: "text_completion",
        created: 1790000000,
        choices: [
          {
            index: 0,
            text: "",
            finish_reason: "stop",
            native_finish_reason: "network_error",
            logprobs: null,
          },
        ],
        usage: { prompt_tokens: 5, completion_tokens: 0, total_tokens: 5 },
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
    "stream-done-first": {
      status: 502,
      rule: "ended-early",
      retry: true,
      body: {
        error: {
          message: "Upstream's stream ended with [DONE].",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
      },
    },
    "stream-empty-texts-then-error": {
      status: 503,
      rule: "error-in-event",
      retry: true,
      body: {
        error: {
          message: "Provider overloaded",
          type: "server_error",
          param: null,
          code: "provider_overloaded",
        },
        id: "gen-1790000000-Candor00000000000001",
        provider: "OpenAI",
        model: "openai/gpt-3.5-turbo-instruct",
        object: "text_completion",
        created: 1790000000,
        choices: [
          {
            index: 0,
            text: "",
            finish_reason: "error",
            native_finish_reason: null,
            logprobs: null,
          },
        ],
      },
    },
    "stream-for-plain-request": {
      status: 502,
      rule: "unexpected-form",
      retry: true,
      body: {
        error: {
          message: "Upstream answered a plain request with an event stream.",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
      },
    },
    "stream-native-error": {
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
        id: "gen-1790000000-Candor00000000000001",
        provider: "OpenAI",
        model: "openai/gpt-3.5-turbo-instruct",
        object: "text_completion",
        created: 1790000000,
        choices: [
          {
            index: 0,
            text: "",
            finish_reason: "stop",
            native_finish_reason: "network_error",
            logprobs: null,
          },
        ],
      },
    },
  },
  untouched: [
    "200-empty-length",
    "200-error-null",
    "200-several-prompts",
    "200-success",
    "stream-success",
    "stream-two-choices",
  ],
  endings: {
    "stream-cut": {
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
    "stream-error-after-text": {
      kept: 1,
      after: [
        {
          error: {
            status: 500,
            message: "Provider disconnected",
            type: "server_error",
            param: null,
            code: "server_error",
          },
          id: "gen-1790000000-Candor00000000000001",
          choices: [{ index: 0, text: "", finish_reason: "error" }],
        },
      ],
    },
    "stream-error-after-finish": {
      kept: 2,
      after: [
        {
          id: "gen-1790000000-Candor00000000000001",
          provider: "OpenAI",
          model: "openai/gpt-3.5-turbo-instruct",
          object: "text_completion",
          created: 1790000000,
          choices: [],
          usage: { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 },
        },
        "[DONE]",
      ],
    },
    "stream-finish-no-done": { kept: 2, after: ["[DONE]"] },
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
  },
};
