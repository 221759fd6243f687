import type { Expectations } from "./index.ts";

/** `/embeddings`, by fixture. */
export const embeddings: Expectations = {
  errors: {
    "200-data-empty": {
      status: 502,
      rule: "no-answer",
      retry: true,
      body: {
        error: {
          message: "Upstream answered without an embedding.",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
        object: "list",
        data: [],
        model: "openai/text-embedding-3-small",
        usage: { prompt_tokens: 5, total_tokens: 5 },
        id: "gen-emb-1790000000-Candor00000000000002",
      },
    },
    "200-data-missing": {
      status: 502,
      rule: "no-answer",
      retry: true,
      body: {
        error: {
          message: "Upstream answered without an embedding.",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
        object: "list",
        model: "openai/text-embedding-3-small",
      },
    },
    "200-error-404": {
      status: 404,
      rule: "error-in-body",
      retry: false,
      body: {
        error: {
          message: "No endpoints found for openai/text-embedding-3-small.",
          type: "invalid_request_error",
          param: null,
          code: "not_found",
        },
      },
    },
    "200-stream-error": {
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
    "429-free-per-day": {
      status: 429,
      rule: "error-status",
      retry: true,
      headers: {
        "x-ratelimit-limit": "50",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": "1790726400000",
      },
      body: {
        error: {
          message:
            "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day",
          type: "rate_limit_error",
          param: null,
          code: "rate_limit_exceeded",
          metadata: {
            headers: {
              "X-RateLimit-Limit": "50",
              "X-RateLimit-Remaining": "0",
              "X-RateLimit-Reset": "1790726400000",
            },
            limit_source: "openrouter_free_tier_daily",
            remedy_hint:
              "Wait for the daily reset (see X-RateLimit-Reset), or purchase credits to raise your free-model daily limit.",
          },
        },
      },
    },
    "502-no-code": {
      status: 502,
      rule: "error-status",
      retry: true,
      body: {
        error: {
          message: "HTTP 502: error code: 502",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
      },
    },
    "200-cut": {
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
    "200-html": {
      status: 502,
      rule: "unexpected-form",
      retry: true,
      body: {
        error: {
          message:
            "Upstream answered with text/html; charset=UTF-8: Just a moment... Checking your browser",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
      },
    },
    "200-no-provider": {
      status: 404,
      rule: "error-in-body",
      retry: false,
      body: {
        error: {
          message: "No successful provider responses.",
          type: "invalid_request_error",
          param: null,
          code: "not_found",
        },
      },
    },
    "200-padded-error-504": {
      status: 504,
      rule: "error-in-body",
      retry: true,
      body: {
        error: {
          message: "Provider timed out",
          type: "server_error",
          param: null,
          code: "timeout",
        },
      },
    },
    "200-stream-unasked": {
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
    "400-no-input": {
      status: 400,
      rule: "error-status",
      retry: false,
      body: {
        error: {
          message: "Input must not be empty",
          type: "invalid_request_error",
          param: null,
          code: "invalid_request",
        },
      },
    },
  },
  untouched: [
    "200-base64",
    "200-error-null",
    "200-several-texts",
    "200-stream-asked",
    "200-success",
  ],
  endings: {},
};
