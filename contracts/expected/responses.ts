import type { ExpectedError } from "./error.ts";
import type { ExpectedStream } from "./relayed.ts";

/** The response object of most recordings, without its error, which is moved out of it. */
const responseWith = (fields: object) => ({
  id: "gen-1790000000-Candor00000000000000",
  object: "response",
  created_at: 1790000000,
  completed_at: null,
  model: "openai/gpt-4o-mini",
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  metadata: {},
  output: [],
  parallel_tool_calls: true,
  temperature: null,
  tool_choice: "auto",
  tools: [],
  top_p: null,
  frequency_penalty: null,
  presence_penalty: null,
  usage: null,
  ...fields,
});

const messageWith = (text: string, status: string) => ({
  id: "msg_abc123",
  type: "message",
  role: "assistant",
  status,
  content: [{ type: "output_text", text, annotations: [] }],
});

/** What a client gets where a response failed before it was begun to be passed on. By fixture. */
export const responsesErrors: Record<string, ExpectedError> = {
  "200-chat-completion": {
    status: 502,
    rule: "no-answer",
    retry: true,
    body: {
      error: {
        message: "Upstream answered without an output.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
      id: "gen-1",
      object: "chat.completion",
      choices: [
        { index: 0, message: { role: "assistant", content: "Hello!" }, finish_reason: "stop" },
      ],
    },
  },
  "200-content-policy": {
    status: 403,
    rule: "error-in-body",
    retry: false,
    body: {
      error: {
        message: "Output was flagged by a content filter",
        type: "permission_error",
        param: null,
        code: "image_content_policy_violation",
      },
      id: "resp_abc123",
      status: "failed",
    },
  },
  "200-error-invalid-prompt": {
    status: 400,
    rule: "error-in-body",
    retry: false,
    body: {
      error: {
        message: "Detailed error description",
        type: "invalid_request_error",
        param: null,
        code: "invalid_prompt",
      },
      metadata: null,
    },
  },
  "200-failed": {
    status: 401,
    rule: "error-in-body",
    retry: false,
    body: {
      error: {
        message: "Invalid credentials",
        type: "authentication_error",
        param: null,
        code: "invalid_api_key",
      },
      id: "resp_abc123",
      status: "failed",
      error_type: "authentication",
    },
  },
  "200-failed-error-null": {
    status: 503,
    rule: "failed-generation",
    retry: true,
    body: {
      error: {
        message: "The provider failed to complete the response.",
        type: "server_error",
        param: null,
        code: "provider_overloaded",
      },
      id: "resp_abc123",
      object: "response",
      status: "failed",
      error_type: "provider_overloaded",
      output: [],
    },
  },
  "200-failed-partial": {
    status: 502,
    rule: "error-in-body",
    retry: true,
    body: {
      error: {
        message: "Provider disconnected",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
      id: "resp_abc123",
      object: "response",
      status: "failed",
      error_type: "provider_unavailable",
      output: [
        {
          id: "msg_abc123",
          type: "message",
          role: "assistant",
          status: "incomplete",
          content: [{ type: "output_text", text: "Once upon a", annotations: [] }],
        },
      ],
    },
  },
  "200-in-progress-empty": {
    status: 502,
    rule: "failed-generation",
    retry: true,
    body: {
      error: {
        message: "The provider ended without an answer: no output, no final status, no tokens.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
      ...responseWith({ status: "in_progress" }),
    },
  },
  "200-no-output": {
    status: 502,
    rule: "no-answer",
    retry: true,
    body: {
      error: {
        message: "Upstream answered without an output.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
      id: "resp_abc123",
      object: "response",
      created_at: 1234567890,
      model: "openai/o4-mini",
    },
  },
  "400-invalid-prompt": {
    status: 400,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Detailed error description",
        type: "invalid_request_error",
        param: null,
        code: "invalid_prompt",
      },
      metadata: null,
    },
  },
  "403-guardrail": {
    status: 403,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Request blocked: prompt injection patterns detected",
        type: "permission_error",
        param: null,
        code: "permission_denied",
        metadata: { patterns: ["ignore all previous instructions"] },
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
  "stream-completed-failed": {
    status: 504,
    rule: "error-in-event",
    retry: true,
    body: {
      error: { message: "Timed out", type: "server_error", param: null, code: "timeout" },
      type: "response.completed",
      response: responseWith({ status: "failed", error_type: "timeout" }),
      sequence_number: 2,
    },
  },
  "stream-cut-before-content": {
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
  "stream-empty": {
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
  "stream-empty-item-then-failed": {
    status: 429,
    rule: "error-in-event",
    retry: true,
    body: {
      error: {
        message: "Rate limit exceeded",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
      },
      type: "response.failed",
      response: responseWith({
        status: "failed",
        error_type: "rate_limit_exceeded",
        output: [messageWith("", "in_progress")],
      }),
      sequence_number: 5,
    },
  },
  "stream-error": {
    status: 401,
    rule: "error-in-event",
    retry: false,
    body: {
      error: {
        message: "Invalid API key provided",
        type: "authentication_error",
        param: null,
        code: "invalid_api_key",
      },
      type: "error",
    },
  },
  "stream-error-unwrapped": {
    status: 429,
    rule: "error-in-event",
    retry: true,
    body: {
      error: {
        message: "Rate limit exceeded",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
      },
      type: "error",
      sequence_number: 0,
    },
  },
  "stream-failed": {
    status: 500,
    rule: "error-in-event",
    retry: true,
    body: {
      error: {
        message: "Internal server error",
        type: "server_error",
        param: null,
        code: "server_error",
      },
      type: "response.failed",
      response: { id: "resp_abc123", status: "failed", error_type: "server" },
    },
  },
  "stream-failed-after-in-progress": {
    status: 503,
    rule: "error-in-event",
    retry: true,
    body: {
      error: {
        message: "Provider is temporarily overloaded",
        type: "server_error",
        param: null,
        code: "provider_overloaded",
      },
      type: "response.failed",
      response: responseWith({ status: "failed", error_type: "provider_overloaded" }),
      sequence_number: 2,
    },
  },
  "stream-failed-silently": {
    status: 502,
    rule: "error-in-event",
    retry: true,
    body: {
      error: {
        message: "The provider failed while it wrote the answer.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
      type: "response.failed",
      response: responseWith({ status: "failed" }),
      sequence_number: 2,
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
  "stream-keep-alive-then-failed": {
    status: 502,
    rule: "error-in-event",
    retry: true,
    body: {
      error: {
        message: "Provider disconnected",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
      type: "response.failed",
      response: { id: "gen-1", status: "failed", error_type: "provider_unavailable" },
    },
  },
  "stream-response-error": {
    status: 429,
    rule: "error-in-event",
    retry: true,
    body: {
      error: {
        message: "Rate limit exceeded",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
      },
      type: "response.error",
    },
  },
};

/** Healthy responses, which reach the client byte for byte. By fixture. */
export const RESPONSES_UNTOUCHED: string[] = [
  "200-background-queued",
  "200-completed-empty",
  "200-content-about-errors",
  "200-error-null",
  "200-function-call",
  "200-incomplete",
  "200-incomplete-empty",
  "200-reasoning",
  "200-refusal",
  "200-success",
  "stream-comments-and-done",
  "stream-completed-only",
  "stream-debug",
  "stream-function-call",
  "stream-image",
  "stream-incomplete",
  "stream-keep-alive-success",
  "stream-reasoning",
  "stream-response-done",
  "stream-success",
];

/** What a client gets of a stream that was committed and then changed its mind. By fixture. */
export const responsesEndings: Record<string, ExpectedStream> = {
  "stream-cut-after-deltas": {
    kept: 5,
    after: [
      {
        event: "error",
        data: {
          type: "error",
          code: "provider_unavailable",
          message: "The connection to upstream broke off before the answer was complete.",
          param: null,
          sequence_number: 0,
          error: {
            message: "The connection to upstream broke off before the answer was complete.",
            type: "server_error",
            param: null,
            code: "provider_unavailable",
          },
        },
      },
    ],
  },
  "stream-done-without-completed": {
    kept: 5,
    after: [
      {
        event: "error",
        data: {
          type: "error",
          code: "provider_unavailable",
          message: "Upstream's stream ended with [DONE].",
          param: null,
          sequence_number: 0,
          error: {
            message: "Upstream's stream ended with [DONE].",
            type: "server_error",
            param: null,
            code: "provider_unavailable",
          },
        },
      },
    ],
  },
  "stream-ends-without-completed": {
    kept: 8,
    after: [
      {
        event: "error",
        data: {
          type: "error",
          code: "provider_unavailable",
          message: "Upstream's stream ended before the answer did.",
          param: null,
          sequence_number: 0,
          error: {
            message: "Upstream's stream ended before the answer did.",
            type: "server_error",
            param: null,
            code: "provider_unavailable",
          },
        },
      },
    ],
  },
  "stream-error-after-completed": { kept: 9, after: ["[DONE]"] },
  "stream-error-after-deltas": {
    kept: 6,
    after: [
      {
        event: "error",
        data: {
          type: "error",
          code: "rate_limit_exceeded",
          message: "Rate limit exceeded",
          param: null,
          sequence_number: 6,
          error: {
            message: "Rate limit exceeded",
            type: "rate_limit_error",
            param: null,
            code: "rate_limit_exceeded",
          },
        },
      },
    ],
  },
  "stream-failed-after-deltas": {
    kept: 7,
    after: [
      {
        event: "error",
        data: {
          type: "error",
          code: "provider_unavailable",
          message: "Provider disconnected",
          param: null,
          sequence_number: 6,
          response: responseWith({
            status: "failed",
            error_type: "provider_unavailable",
            output: [messageWith("Once upon", "incomplete")],
          }),
          error: {
            message: "Provider disconnected",
            type: "server_error",
            param: null,
            code: "provider_unavailable",
          },
        },
      },
    ],
  },
  "stream-wrapped-error-after-deltas": {
    kept: 5,
    after: [
      {
        event: "error",
        data: {
          type: "error",
          code: "server_error",
          message: "Internal server error",
          param: null,
          sequence_number: 0,
          error: {
            message: "Internal server error",
            type: "server_error",
            param: null,
            code: "server_error",
          },
        },
      },
    ],
  },
};
