import type { ExpectedError } from "./error.ts";
import type { ExpectedStream } from "./relayed.ts";

const GENERATION = "gen-1790000000-Candor00000000000000";
const DOCUMENTED = "gen-xxxxxxxxxxxxxxxxxxxxxxxx";

/** An error in Anthropic's form. */
const anthropic = (type: string, message: string, code: string, more: object = {}) => ({
  type: "error",
  error: { type, message, code, ...more },
});

/** Sentences that are Candor's own, where upstream gave none. */
const ended = (when: string) => badGateway(`Upstream's stream ended ${when}.`);
const cut = badGateway("The connection to upstream broke off before the answer was complete.");
const notJson = badGateway("Upstream sent an event whose data is not JSON.");

function badGateway(message: string) {
  return anthropic("api_error", message, "provider_unavailable");
}

const overloaded = anthropic(
  "overloaded_error",
  "Provider is temporarily overloaded",
  "provider_overloaded",
  { error_type: "provider_overloaded" },
);
const disconnected = anthropic("api_error", "Provider disconnected", "provider_unavailable", {
  error_type: "provider_unavailable",
});
const rateLimited = anthropic("rate_limit_error", "Rate limit exceeded", "rate_limit_exceeded", {
  error_type: "rate_limit_exceeded",
});
const timedOut = anthropic("timeout_error", "The provider did not respond in time", "timeout", {
  error_type: "timeout",
});

/** Errors that came under their own status. */
const statuses: Record<string, ExpectedError> = {
  "400-chat-form": {
    status: 400,
    rule: "error-status",
    retry: false,
    body: anthropic(
      "invalid_request_error",
      "anthropic/claude-0 is not a valid model ID",
      "invalid_request",
    ),
  },
  "400-messages-required": {
    status: 400,
    rule: "error-status",
    retry: false,
    body: {
      ...anthropic(
        "invalid_request_error",
        "Invalid request: messages is required",
        "invalid_request_error",
      ),
      request_id: null,
    },
  },
  "401-invalid-credentials": {
    status: 401,
    rule: "error-status",
    retry: false,
    body: {
      ...anthropic("authentication_error", "Invalid credentials", "invalid_api_key", {
        error_type: "authentication",
      }),
      request_id: null,
    },
  },
  "402-payment-required": {
    status: 402,
    rule: "error-status",
    retry: false,
    body: {
      ...anthropic(
        "billing_error",
        "Insufficient credits. Add more using https://openrouter.ai/settings/credits",
        "insufficient_quota",
        { error_type: "payment_required" },
      ),
      request_id: null,
    },
  },
  "403-guardrail-router-metadata": {
    status: 403,
    rule: "error-status",
    retry: false,
    body: {
      ...anthropic(
        "permission_error",
        "Request blocked: prompt injection patterns detected",
        "permission_error",
      ),
      openrouter_metadata: {
        pipeline: [
          {
            name: "regex_pi_detection",
            summary: "Blocked: prompt injection detected (1 pattern matched)",
            type: "guardrail",
          },
        ],
      },
      request_id: null,
    },
  },
  "404-model-not-found": {
    status: 404,
    rule: "error-status",
    retry: false,
    body: {
      ...anthropic("not_found_error", "Model not found", "not_found_error"),
      request_id: DOCUMENTED,
    },
  },
  "413-payload-too-large": {
    status: 413,
    rule: "error-status",
    retry: false,
    body: {
      ...anthropic("request_too_large", "Request exceeds the maximum size", "payload_too_large", {
        error_type: "payload_too_large",
      }),
      request_id: null,
    },
  },
  "429-metadata-beside": {
    status: 429,
    rule: "error-status",
    retry: true,
    body: {
      ...anthropic("rate_limit_error", "Provider returned error", "rate_limit_exceeded", {
        error_type: "rate_limit_exceeded",
      }),
      request_id: "gen-1789592524-KrYPQWEyjICRToHfanTy",
      metadata: {
        raw: "stealth/union-alpha is temporarily rate-limited upstream. Please retry shortly.",
        provider_name: "Stealth",
        is_byok: false,
        limit_source: "upstream_provider_shared_pool",
        remedy_hint:
          "Retry shortly, add your own provider key (https://openrouter.ai/settings/integrations), or route to another provider with provider routing: https://openrouter.ai/docs/features/provider-routing",
      },
    },
  },
  "429-retry-after-60": {
    status: 429,
    rule: "error-status",
    retry: true,
    headers: { "retry-after": "60" },
    body: {
      ...anthropic("rate_limit_error", "Rate limit exceeded", "rate_limit_error"),
      request_id: DOCUMENTED,
    },
  },
  "500-internal": {
    status: 500,
    rule: "error-status",
    retry: true,
    body: {
      ...anthropic("api_error", "Internal server error", "api_error"),
      request_id: DOCUMENTED,
    },
  },
  "502-html": {
    status: 502,
    rule: "error-status",
    retry: true,
    body: badGateway("502 Bad gateway"),
  },
  "502-provider-unavailable": {
    status: 502,
    rule: "error-status",
    retry: true,
    body: {
      ...anthropic("api_error", "Provider returned an invalid response", "provider_unavailable", {
        error_type: "provider_unavailable",
      }),
      request_id: GENERATION,
    },
  },
  "503-overloaded": {
    status: 503,
    rule: "error-status",
    retry: true,
    body: {
      ...anthropic("overloaded_error", "Service temporarily overloaded", "overloaded_error"),
      request_id: DOCUMENTED,
    },
  },
  "504-timeout": {
    status: 504,
    rule: "error-status",
    retry: true,
    body: { ...timedOut, request_id: GENERATION },
  },
  "529-overloaded": {
    status: 529,
    rule: "error-status",
    retry: true,
    body: {
      ...anthropic("overloaded_error", "Provider is temporarily overloaded", "overloaded_error"),
      request_id: DOCUMENTED,
    },
  },
};

/** What stands beside the error where an answer was none: the answer. */
const beside = (content: unknown, usage: unknown) => ({
  container: null,
  content,
  id: GENERATION,
  model: "anthropic/claude-4.5-sonnet-20250929",
  role: "assistant",
  stop_details: null,
  stop_reason: null,
  stop_sequence: null,
  usage,
});
const usage = (output_tokens: number) => ({
  cache_creation: null,
  cache_creation_input_tokens: null,
  cache_read_input_tokens: null,
  inference_geo: null,
  input_tokens: 12,
  output_tokens,
  output_tokens_details: null,
  server_tool_use: null,
  service_tier: "standard",
});

/** Failures in a plain 200. */
const plain: Record<string, ExpectedError> = {
  "200-content-missing": {
    status: 502,
    rule: "no-answer",
    retry: true,
    body: {
      ...badGateway("Upstream answered without content."),
      id: GENERATION,
      object: "chat.completion",
      choices: [],
    },
  },
  "200-content-null": {
    status: 502,
    rule: "no-answer",
    retry: true,
    body: { ...badGateway("Upstream answered without content."), ...beside(null, usage(0)) },
  },
  "200-cut": { status: 502, rule: "cut", retry: true, body: cut },
  "200-empty-body": {
    status: 502,
    rule: "empty-body",
    retry: true,
    body: badGateway("Upstream answered with an empty body."),
  },
  "200-error-beside-content": {
    status: 502,
    rule: "error-in-body",
    retry: true,
    body: {
      ...disconnected,
      ...beside([{ type: "text", text: "The answer is", citations: null }], usage(4)),
    },
  },
  "200-error-chat-form": {
    status: 429,
    rule: "error-in-body",
    retry: true,
    headers: { "retry-after": "7" },
    body: anthropic("rate_limit_error", "Rate limit exceeded", "rate_limit_exceeded", {
      metadata: { provider_name: "Anthropic", retry_after_seconds: 7 },
    }),
  },
  "200-error-lossy-type": {
    status: 502,
    rule: "error-in-body",
    retry: true,
    body: { ...disconnected, request_id: GENERATION },
  },
  "200-error-overloaded": {
    status: 503,
    rule: "error-in-body",
    retry: true,
    body: { ...overloaded, request_id: GENERATION },
  },
  "200-error-without-object": {
    status: 502,
    rule: "error-in-body",
    retry: true,
    body: { ...badGateway("Overloaded"), request_id: GENERATION },
  },
  "200-failed-generation": {
    status: 502,
    rule: "failed-generation",
    retry: true,
    body: {
      ...badGateway("The provider ended without an answer: no content, no stop reason, no tokens."),
      ...beside([], usage(0)),
    },
  },
  "200-failed-generation-empty-text": {
    status: 502,
    rule: "failed-generation",
    retry: true,
    body: {
      ...badGateway("The provider ended without an answer: no content, no stop reason, no tokens."),
      ...beside([{ type: "text", text: "", citations: null }], null),
    },
  },
  "200-html": {
    status: 502,
    rule: "unexpected-form",
    retry: true,
    body: badGateway("Upstream answered with text/html: OpenRouter Checking your browser"),
  },
  "200-padded-error-504": {
    status: 504,
    rule: "error-in-body",
    retry: true,
    body: {
      ...anthropic("timeout_error", "The operation was aborted", "timeout", {
        error_type: "timeout",
      }),
      request_id: GENERATION,
    },
  },
  "json-error-for-stream": {
    status: 429,
    rule: "error-in-body",
    retry: true,
    body: { ...rateLimited, request_id: GENERATION },
  },
  "json-success-for-stream": {
    status: 502,
    rule: "unexpected-form",
    retry: true,
    body: badGateway("Upstream answered a streaming request with plain JSON."),
  },
};

/** Streams that failed before they said anything. */
const streams: Record<string, ExpectedError> = {
  "stream-comments-only": {
    status: 502,
    rule: "ended-early",
    retry: true,
    body: ended("before the answer did"),
  },
  "stream-cut-before-content": { status: 502, rule: "cut", retry: true, body: cut },
  "stream-done-only": {
    status: 502,
    rule: "ended-early",
    retry: true,
    body: ended("with [DONE]"),
  },
  "stream-empty": {
    status: 502,
    rule: "ended-early",
    retry: true,
    body: ended("before the answer did"),
  },
  "stream-error-after-comments-and-pings": {
    status: 429,
    rule: "error-in-event",
    retry: true,
    body: rateLimited,
  },
  "stream-error-after-empty-block": {
    status: 504,
    rule: "error-in-event",
    retry: true,
    body: timedOut,
  },
  "stream-error-after-message-start": {
    status: 502,
    rule: "error-in-event",
    retry: true,
    body: disconnected,
  },
  "stream-error-anthropic-529": {
    status: 503,
    rule: "error-in-event",
    retry: true,
    body: anthropic("overloaded_error", "Overloaded", "overloaded_error"),
  },
  "stream-error-chat-form": {
    status: 402,
    rule: "error-in-event",
    retry: false,
    body: anthropic("billing_error", "Insufficient credits", "insufficient_quota"),
  },
  "stream-error-overloaded": {
    status: 503,
    rule: "error-in-event",
    retry: true,
    body: overloaded,
  },
  "stream-error-router-metadata": {
    status: 503,
    rule: "error-in-event",
    retry: true,
    body: {
      ...anthropic("overloaded_error", "Overloaded", "provider_overloaded", {
        error_type: "provider_overloaded",
      }),
      openrouter_metadata: { requested: "anthropic/claude-sonnet-4.5", attempt: 2 },
    },
  },
  "stream-error-text": {
    status: 502,
    rule: "error-in-event",
    retry: true,
    body: badGateway("Overloaded"),
  },
  "stream-error-then-done": {
    status: 503,
    rule: "error-in-event",
    retry: true,
    body: overloaded,
  },
  "stream-error-without-name": {
    status: 429,
    rule: "error-in-event",
    retry: true,
    body: rateLimited,
  },
  "stream-error-without-object": {
    status: 502,
    rule: "error-in-event",
    retry: true,
    body: { ...badGateway("Overloaded"), request_id: GENERATION },
  },
  "stream-malformed-json-first": {
    status: 502,
    rule: "malformed-event",
    retry: true,
    body: notJson,
  },
  "stream-message-start-only": {
    status: 502,
    rule: "ended-early",
    retry: true,
    body: ended("before the answer did"),
  },
  "stream-message-stop-first": {
    status: 502,
    rule: "ended-early",
    retry: true,
    body: ended("with message_stop"),
  },
};

/** An error event, with its name and its data. */
const event = (data: unknown) => ({ event: "error", data });

/** What a client gets where an answer failed: errors in Anthropic's form. By fixture. */
export const messagesErrors: Record<string, ExpectedError> = { ...statuses, ...plain, ...streams };

/** Healthy answers, which reach the client byte for byte. By fixture. */
export const MESSAGES_UNTOUCHED: string[] = [
  "200-content-about-errors",
  "200-end-turn-without-content",
  "200-error-null",
  "200-failed-server-tool",
  "200-max-tokens-without-content",
  "200-padded-success",
  "200-refusal",
  "200-router-metadata",
  "200-success",
  "200-thinking",
  "200-tokens-without-stop-reason",
  "200-tool-use",
  "stream-comments-between-events",
  "stream-compaction",
  "stream-content-about-errors",
  "stream-crlf",
  "stream-done-without-name",
  "stream-end-turn-without-content",
  "stream-error-null",
  "stream-redacted-thinking",
  "stream-refusal",
  "stream-signature-only",
  "stream-stop-router-metadata",
  "stream-success",
  "stream-success-done",
  "stream-thinking",
  "stream-tool-use",
  "stream-tool-use-only",
  "stream-unknown-event",
  "stream-web-search",
];

/** What a client gets of a stream that was committed and then changed its mind. By fixture. */
export const messagesEndings: Record<string, ExpectedStream> = {
  "stream-cut-after-content": { kept: 3, after: [event(cut)] },
  "stream-cut-after-message-stop": { kept: 8, after: [] },
  "stream-cut-inside-event": { kept: 3, after: [event(cut)] },
  "stream-done-without-message-stop": { kept: 4, after: [event(ended("with [DONE]"))] },
  "stream-ends-after-stop-reason": {
    kept: 5,
    after: [event(ended("before the answer did"))],
  },
  "stream-ends-without-message-stop": {
    kept: 3,
    after: [event(ended("before the answer did"))],
  },
  "stream-error-after-content": { kept: 3, after: [event(overloaded)] },
  "stream-error-after-message-stop": { kept: 8, after: [] },
  "stream-error-after-stop-reason": {
    kept: 5,
    after: [
      event(
        anthropic("api_error", "Internal server error", "server_error", {
          error_type: "server",
        }),
      ),
    ],
  },
  "stream-error-after-tool-use": {
    kept: 3,
    after: [event({ ...timedOut, request_id: GENERATION })],
  },
  "stream-error-without-name-after-content": { kept: 3, after: [event(disconnected)] },
  "stream-malformed-json-after-content": { kept: 3, after: [event(notJson)] },
  "stream-message-stop-without-blank-line": {
    kept: 7,
    after: [{ event: "message_stop", data: { type: "message_stop" } }],
  },
};
