import type { Expectations } from "./index.ts";

/** `/audio/speech`, by fixture. */
export const audioSpeech: Expectations = {
  errors: {
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
    "200-error": {
      status: 503,
      rule: "error-in-body",
      retry: true,
      body: {
        error: {
          message: "Provider returned error",
          type: "server_error",
          param: null,
          code: "provider_overloaded",
        },
      },
    },
    "502-plain-string": {
      status: 502,
      rule: "error-status",
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
    "stream-error-first": {
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
  untouched: ["200-success", "stream-success"],
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
    "stream-error-after-audio": {
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
  },
};

/** `/audio/transcriptions`, by fixture. */
export const audioTranscriptions: Expectations = {
  errors: {
    "200-text-error": {
      status: 400,
      rule: "error-in-body",
      retry: false,
      body: {
        error: {
          message: "Audio file is too short",
          type: "invalid_request_error",
          param: null,
          code: "invalid_request",
        },
      },
    },
  },
  untouched: ["200-brackets", "200-json", "200-text"],
  endings: {},
};

/** `/credits`, by fixture. */
export const credits: Expectations = {
  errors: {
    "410-coinbase": {
      status: 410,
      rule: "error-status",
      retry: false,
      body: {
        error: {
          message:
            "The Coinbase APIs used by this endpoint have been deprecated, so the Coinbase Commerce credits API has been removed. Use the web credits purchase flow instead.",
          type: "invalid_request_error",
          param: null,
          code: "invalid_request",
        },
      },
    },
  },
  untouched: ["200-success"],
  endings: {},
};

/** `/generation`, by fixture. */
export const generation: Expectations = {
  errors: {
    "404-unknown": {
      status: 404,
      rule: "error-status",
      retry: false,
      body: {
        error: {
          message: "Generation gen-0 not found",
          type: "invalid_request_error",
          param: null,
          code: "not_found",
        },
      },
    },
  },
  untouched: ["200-failed-generation", "200-success"],
  endings: {},
};

/** `/keys`, by fixture. */
export const keys: Expectations = {
  errors: {},
  untouched: ["200-list-array", "201-created", "204-deleted"],
  endings: {},
};

/** `/models`, by fixture. */
export const models: Expectations = {
  errors: {
    "200-error-500": {
      status: 500,
      rule: "error-in-body",
      retry: true,
      body: {
        error: {
          message: "Internal Server Error",
          type: "server_error",
          param: null,
          code: "server_error",
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
    "200-truncated": {
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
    "302-elsewhere": {
      status: 502,
      rule: "unexpected-status",
      retry: true,
      body: {
        error: {
          message: "Upstream answered with status 302, which is no answer to this request.",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
      },
    },
    "401-no-key": {
      status: 401,
      rule: "error-status",
      retry: false,
      body: {
        error: {
          message: "No auth credentials found",
          type: "authentication_error",
          param: null,
          code: "invalid_api_key",
        },
      },
    },
    "404-page": {
      status: 404,
      rule: "error-status",
      retry: false,
      body: {
        error: {
          message: "404: This page could not be found. 404",
          type: "invalid_request_error",
          param: null,
          code: "not_found",
        },
      },
    },
    "503-text": {
      status: 503,
      rule: "error-status",
      retry: true,
      headers: { "retry-after": "5" },
      body: {
        error: {
          message: "upstream connect error or disconnect/reset before headers",
          type: "server_error",
          param: null,
          code: "provider_overloaded",
        },
      },
    },
  },
  untouched: ["200-endpoints", "200-padded", "200-query", "200-rss", "200-success"],
  endings: {},
};

/** `/containers`, by fixture. */
export const containers: Expectations = {
  errors: {
    "200-cut-json": {
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
  },
  untouched: ["200-image"],
  endings: {},
};

/** `/files`, by fixture. */
export const files: Expectations = {
  errors: {
    "400-not-downloadable": {
      status: 400,
      rule: "error-status",
      retry: false,
      body: {
        error: {
          message: "Only files created server-side are downloadable",
          type: "invalid_request_error",
          param: null,
          code: "invalid_request",
        },
      },
    },
  },
  untouched: ["200-content", "200-csv", "200-jsonl", "206-part"],
  endings: {},
};

/** `/images`, by fixture. */
export const images: Expectations = {
  errors: {
    "200-error-402": {
      status: 402,
      rule: "error-in-body",
      retry: false,
      body: {
        error: {
          message: "Insufficient credits",
          type: "insufficient_quota",
          param: null,
          code: "insufficient_quota",
        },
      },
    },
    "stream-comments-only": {
      status: 502,
      rule: "ended-early",
      retry: true,
      body: {
        error: {
          message: "Upstream's stream ended before the answer did.",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
      },
    },
    "stream-error-first": {
      status: 403,
      rule: "error-in-event",
      retry: false,
      body: {
        error: {
          message: "Your request was rejected by the safety system",
          type: "permission_error",
          param: null,
          code: "content_policy_violation",
        },
        type: "error",
      },
    },
  },
  untouched: ["200-success", "json-success-for-stream", "stream-success", "stream-success-done"],
  endings: {
    "stream-error-after-partial": {
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
          type: "error",
        },
      ],
    },
  },
};

/** `/interns`, by fixture. */
export const interns: Expectations = {
  errors: {
    "409-busy": {
      status: 409,
      rule: "error-status",
      retry: true,
      headers: { "retry-after": "2" },
      body: {
        error: {
          message: "The intern is busy",
          type: "invalid_request_error",
          param: null,
          code: "invalid_request",
          metadata: { reason: "busy", retryable: true },
        },
      },
    },
    "stream-role-then-error": {
      status: 503,
      rule: "error-in-event",
      retry: true,
      body: {
        error: {
          message: "The intern could not be reached",
          type: "server_error",
          param: null,
          code: "provider_overloaded",
          metadata: { reason: "intern_unreachable", retryable: true },
        },
        id: "chatcmpl-1790000000",
        object: "chat.completion.chunk",
        created: 1790000000,
        model: "openrouter/intern",
        choices: [{ index: 0, delta: {}, finish_reason: "error" }],
      },
    },
    "stream-role-then-finish-error": {
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
        id: "chatcmpl-1790000000",
        object: "chat.completion.chunk",
        created: 1790000000,
        model: "openrouter/intern",
        choices: [{ index: 0, delta: {}, finish_reason: "error" }],
      },
    },
  },
  untouched: ["202-steered", "stream-success"],
  endings: {
    "stream-error-after-content": {
      kept: 2,
      after: [
        {
          error: {
            status: 503,
            message: "The intern could not be reached",
            type: "server_error",
            param: null,
            code: "provider_overloaded",
            metadata: { reason: "intern_unreachable", retryable: true },
          },
          id: "chatcmpl-1790000000",
          object: "chat.completion.chunk",
          created: 1790000000,
          model: "openrouter/intern",
          choices: [{ index: 0, delta: {}, finish_reason: "error" }],
        },
      ],
    },
  },
};

/** `/key`, by fixture. */
export const key: Expectations = {
  errors: {
    "401-unknown": {
      status: 401,
      rule: "error-status",
      retry: false,
      body: {
        error: {
          message: "User not found.",
          type: "authentication_error",
          param: null,
          code: "invalid_api_key",
        },
      },
    },
  },
  untouched: ["200-success"],
  endings: {},
};

/** `/rerank`, by fixture. */
export const rerank: Expectations = {
  errors: {
    "200-error-529": {
      status: 529,
      rule: "error-in-body",
      retry: true,
      body: {
        error: {
          message: "Provider returned error",
          type: "server_error",
          param: null,
          code: "provider_overloaded",
          metadata: { provider_name: "Cohere", error_type: "provider_overloaded" },
        },
      },
    },
  },
  untouched: ["200-success"],
  endings: {},
};

/** `/videos`, by fixture. */
export const videos: Expectations = {
  errors: {
    "200-failed": {
      status: 502,
      rule: "error-in-body",
      retry: true,
      body: {
        error: {
          message: "The provider rejected the prompt",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
        id: "gen-vid-1790000000-Candor00000000000005",
        polling_url: "/api/v1/videos/gen-vid-1790000000-Candor00000000000005",
        status: "failed",
      },
    },
    "410-gone": {
      status: 410,
      rule: "error-status",
      retry: false,
      body: {
        error: {
          message: "Video content has expired",
          type: "invalid_request_error",
          param: null,
          code: "invalid_request",
        },
      },
    },
  },
  untouched: ["200-completed", "200-content", "202-pending"],
  endings: {},
};
