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
  errors: {},
  untouched: ["200-text"],
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
  untouched: ["200-success"],
  endings: {},
};

/** `/images/generations`, by fixture. */
export const imagesGenerations: Expectations = {
  errors: {},
  untouched: ["200-success"],
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
      headers: { location: "https://example.com/models" },
      body: {
        error: {
          message: "Upstream answered with status 302, which is no answer to this request.",
          type: "server_error",
          param: null,
          code: "provider_unavailable",
        },
      },
    },
  },
  untouched: ["200-query", "200-success"],
  endings: {},
};
