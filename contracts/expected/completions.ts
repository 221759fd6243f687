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
  },
  untouched: ["200-empty-length", "200-success", "stream-success"],
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
    "stream-finish-no-done": { kept: 2, after: ["[DONE]"] },
  },
};
