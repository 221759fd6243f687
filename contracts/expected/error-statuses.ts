import type { ExpectedError } from "./error.ts";

/** What a client gets where the status was true already, or was one that no answer has. By fixture. */
export const errorStatuses: Record<string, ExpectedError> = {
  "204": {
    status: 502,
    rule: "unexpected-status",
    retry: true,
    body: {
      error: {
        message: "Upstream answered with status 204, which is no answer to this request.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "201-success": {
    status: 502,
    rule: "unexpected-status",
    retry: true,
    body: {
      error: {
        message: "Upstream answered with status 201, which is no answer to this request.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "307-redirect": {
    status: 502,
    rule: "unexpected-status",
    retry: true,
    body: {
      error: {
        message: "Upstream answered with status 307, which is no answer to this request.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "400-azure-nested": {
    status: 400,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Provider returned error",
        type: "invalid_request_error",
        param: null,
        code: "invalid_request",
        metadata: {
          raw: '{\n "error": {\n "message": "No tool call found for function call output with call_id tool_remember_image_C6qJvvjYhJ955ffYCXdw.",\n "type": "invalid_request_error",\n "param": "input",\n "code": null\n }\n}',
          provider_name: "Azure",
          is_byok: false,
        },
      },
    },
  },
  "400-google-bad-provider-key": {
    status: 400,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Provider returned error",
        type: "invalid_request_error",
        param: null,
        code: "invalid_request",
        metadata: {
          raw: '{\n  "error": {\n    "code": 400,\n    "message": "API key not valid. Please pass a valid API key.",\n    "status": "INVALID_ARGUMENT"\n  }\n}\n',
          provider_name: "Google AI Studio",
        },
      },
    },
  },
  "400-google-nested-previous": {
    status: 400,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Provider returned error",
        type: "invalid_request_error",
        param: null,
        code: "invalid_request",
        metadata: {
          raw: '{\n  "error": {\n    "code": 400,\n    "message": "* GenerateContentRequest.tools[0].function_declarations[0].parameters.properties[s].enum[1]: cannot be empty\\n",\n    "status": "INVALID_ARGUMENT"\n  }\n}\n',
          provider_name: "Google AI Studio",
          is_byok: false,
          provider_error_code: "400",
          previous_errors: [
            {
              code: 400,
              message: "Provider returned error",
              provider_name: "Google",
              raw: '{\n  "error": {\n    "code": 400,\n    "message": "* GenerateContentRequest.tools[0].function_declarations[0].parameters.properties[s].enum[1]: cannot be empty\\n",\n    "status": "INVALID_ARGUMENT"\n  }\n}\n',
            },
          ],
        },
      },
    },
  },
  "400-invalid-json-body": {
    status: 400,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Input must have at least 1 token.",
        type: "invalid_request_error",
        param: null,
        code: "invalid_request",
        metadata: { provider_name: null },
      },
    },
  },
  "400-invalid-params": {
    status: 400,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Invalid request parameters",
        type: "invalid_request_error",
        param: null,
        code: "invalid_request",
      },
    },
  },
  "400-mistral-3230": {
    status: 400,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Provider returned error",
        type: "invalid_request_error",
        param: null,
        code: "invalid_request",
        metadata: {
          raw: '{"object":"error","message":"Duplicate tool call id in assistant message","type":"invalid_request_message_order","param":null,"code":"3230","raw_status_code":400}',
          provider_name: "Mistral",
        },
      },
    },
  },
  "400-model-not-found": {
    status: 400,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "acme/fake-1.0 is not a valid model ID",
        type: "invalid_request_error",
        param: null,
        code: "invalid_request",
        error_type: "invalid_request",
        http_status: 400,
        availability: {
          code: "model_not_found",
          retryable: false,
          requested_models: ["acme/fake-1.0"],
          docs_url: "https://openrouter.ai/docs/errors#model_not_found",
        },
      },
    },
  },
  "400-reasoning-mandatory": {
    status: 400,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Reasoning is mandatory for this endpoint and cannot be disabled.",
        type: "invalid_request_error",
        param: null,
        code: "invalid_request",
        metadata: { provider_name: null },
      },
    },
  },
  "401-missing-auth": {
    status: 401,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Missing Authentication header",
        type: "authentication_error",
        param: null,
        code: "invalid_api_key",
      },
    },
  },
  "401-no-cookie": {
    status: 401,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "No cookie auth credentials found",
        type: "authentication_error",
        param: null,
        code: "invalid_api_key",
      },
    },
  },
  "401-provider-refused": {
    status: 401,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Provider returned error",
        type: "authentication_error",
        param: null,
        code: "provider_authentication_error",
        metadata: { provider_name: "Mistral", raw: "Unauthorized" },
      },
    },
  },
  "402-can-only-afford": {
    status: 402,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message:
          "This request requires more credits, or fewer max_tokens. You requested up to 8192 tokens, but can only afford 1848. To increase, visit https://openrouter.ai/settings/credits and add more credits",
        type: "insufficient_quota",
        param: null,
        code: "insufficient_quota",
        metadata: {
          limit_source: "openrouter_credits",
          remedy_hint:
            "Add credits at https://openrouter.ai/settings/credits, or lower max_tokens / prompt size to fit your remaining balance.",
          provider_name: null,
          previous_errors: [
            {
              code: 402,
              message:
                "This request requires more credits, or fewer max_tokens. You requested up to 8192 tokens, but can only afford 2033. To increase, visit https://openrouter.ai/settings/credits and add more credits",
            },
          ],
        },
      },
    },
  },
  "402-in-flight-retry-after": {
    status: 402,
    rule: "error-status",
    retry: true,
    headers: { "retry-after": "5" },
    body: {
      error: {
        message:
          "This request would exceed your available credits given your current in-flight requests.",
        type: "insufficient_quota",
        param: null,
        code: "insufficient_quota",
        metadata: { reason: "in_flight_budget_exhausted" },
      },
    },
  },
  "402-insufficient-credits": {
    status: 402,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Insufficient credits. Add more using https://openrouter.ai/credits",
        type: "insufficient_quota",
        param: null,
        code: "insufficient_quota",
      },
    },
  },
  "402-prompt-tokens-limit": {
    status: 402,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message:
          "Prompt tokens limit exceeded: 230799 > 91442. To increase, visit https://openrouter.ai/settings/credits and upgrade to a paid account",
        type: "insufficient_quota",
        param: null,
        code: "insufficient_quota",
      },
    },
  },
  "402-weight-exceeds-budget": {
    status: 402,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message:
          "This request would exceed your available credits. Add credits, or lower max_tokens.",
        type: "insufficient_quota",
        param: null,
        code: "insufficient_quota",
        metadata: { reason: "weight_exceeds_budget", limit_source: "openrouter_credits" },
      },
    },
  },
  "403-content-filter": {
    status: 403,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Request blocked by content filter: [LABEL]",
        type: "permission_error",
        param: null,
        code: "permission_denied",
      },
    },
  },
  "403-guardrail-router-metadata": {
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
      openrouter_metadata: {
        requested: "openai/gpt-4o",
        strategy: "direct",
        region: "iad",
        summary: "available=1",
        attempt: 1,
        is_byok: false,
        endpoints: {
          total: 1,
          available: [{ provider: "OpenAI", model: "openai/gpt-4o", selected: false }],
        },
        pipeline: [
          {
            type: "guardrail",
            name: "regex_pi_detection",
            guardrail_id: "grd_abc123",
            guardrail_scope: "api-key",
            summary: "Blocked: prompt injection detected (1 pattern matched)",
            data: {
              action: "blocked",
              detected: true,
              engines: ["regex"],
              patterns: ["ignore all previous instructions"],
            },
          },
        ],
      },
    },
  },
  "403-insufficient-permissions": {
    status: 403,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Only management keys can perform this operation",
        type: "permission_error",
        param: null,
        code: "permission_denied",
      },
    },
  },
  "403-key-limit": {
    status: 403,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message:
          "Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys",
        type: "permission_error",
        param: null,
        code: "permission_denied",
      },
    },
  },
  "403-siliconflow-balance": {
    status: 403,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Provider returned error",
        type: "permission_error",
        param: null,
        code: "permission_denied",
        metadata: {
          raw: '{"code":30001,"message":"Sorry, your account balance is insufficient","data":null}',
          provider_name: "SiliconFlow",
          is_byok: false,
        },
      },
    },
  },
  "403-tos": {
    status: 403,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "The request is prohibited due to a violation of provider Terms Of Service.",
        type: "permission_error",
        param: null,
        code: "permission_denied",
        metadata: { provider_name: null },
      },
    },
  },
  "403-workspace-budget": {
    status: 403,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Workspace monthly budget of $500.00 exceeded. Contact your org admin.",
        type: "permission_error",
        param: null,
        code: "permission_denied",
      },
    },
  },
  "404-auto-router": {
    status: 404,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "No models match your request and model restrictions",
        type: "invalid_request_error",
        param: null,
        code: "not_found",
      },
    },
  },
  "404-data-policy-funnel": {
    status: 404,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message:
          "No endpoints found matching your data policy (Free model training). Configure: https://openrouter.ai/settings/privacy",
        type: "invalid_request_error",
        param: null,
        code: "not_found",
        metadata: {
          routing_funnel: [{ step: "Initial Endpoints", endpoint_count: 1 }],
          failed_routing_step: "Filter by Data Policy",
        },
      },
    },
  },
  "404-html": {
    status: 404,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "404: This page could not be found",
        type: "invalid_request_error",
        param: null,
        code: "not_found",
      },
    },
  },
  "404-model-deprecated": {
    status: 404,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message:
          "Quasar Alpha was a stealth model, revealed on April 14th as an early testing version of GPT-4.1.",
        type: "invalid_request_error",
        param: null,
        code: "not_found",
        error_type: "not_found",
        http_status: 404,
        availability: {
          code: "model_deprecated",
          retryable: false,
          requested_models: ["openrouter/quasar-alpha"],
          fallback_models: ["openai/gpt-4.1"],
          docs_url: "https://openrouter.ai/docs/errors#model_deprecated",
        },
      },
    },
  },
  "404-no-endpoints-model": {
    status: 404,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "No endpoints found for nvidia/nemotron-9-ultra:free.",
        type: "invalid_request_error",
        param: null,
        code: "not_found",
      },
    },
  },
  "404-no-tool-use": {
    status: 404,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message:
          "No endpoints found that support tool use. To learn more about provider routing, visit: https://openrouter.ai/docs/guides/routing/provider-selection",
        type: "invalid_request_error",
        param: null,
        code: "not_found",
      },
    },
  },
  "404-not-found": {
    status: 404,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Resource not found",
        type: "invalid_request_error",
        param: null,
        code: "not_found",
      },
    },
  },
  "404-privacy-restricted": {
    status: 404,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message:
          "No endpoints for openai/gpt-5.2 match your data policy (zero data retention). Adjust at https://openrouter.ai/settings/privacy.",
        type: "invalid_request_error",
        param: null,
        code: "not_found",
        error_type: "not_found",
        http_status: 404,
        availability: {
          code: "privacy_restricted",
          retryable: false,
          requested_models: ["openai/gpt-5.2"],
          affected_providers: ["openai", "azure"],
          excluded_by: ["data_policy:zdr"],
          docs_url: "https://openrouter.ai/docs/errors#privacy_restricted",
        },
      },
    },
  },
  "404-provider-empty-raw": {
    status: 404,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Provider returned error",
        type: "invalid_request_error",
        param: null,
        code: "not_found",
        metadata: { raw: "", provider_name: "Nvidia", is_byok: false },
      },
    },
  },
  "404-provider-only": {
    status: 404,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message:
          "No allowed providers are available for the selected model. Providers serving openai/gpt-4o-mini: openai, but your request's provider.only preference permits only: azure.",
        type: "invalid_request_error",
        param: null,
        code: "not_found",
      },
      openrouter_metadata: {
        requested: "openai/gpt-4o-mini",
        strategy: "direct",
        attempt: 0,
        endpoints: {
          total: 1,
          available: [{ provider: "OpenAI", model: "openai/gpt-4o-mini", selected: false }],
        },
      },
    },
  },
  "405-empty": {
    status: 405,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Upstream answered with status 405 and no message.",
        type: "invalid_request_error",
        param: null,
        code: "invalid_request",
      },
    },
  },
  "408-timeout": {
    status: 408,
    rule: "error-status",
    retry: true,
    body: {
      error: {
        message: "Operation timed out. Please try again later.",
        type: "timeout_error",
        param: null,
        code: "timeout",
      },
    },
  },
  "412-precondition": {
    status: 412,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Precondition failed",
        type: "invalid_request_error",
        param: null,
        code: "precondition_failed",
        metadata: { error_type: "precondition_failed" },
      },
    },
  },
  "413-text": {
    status: 413,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Request Entity Too Large\n\nFUNCTION_PAYLOAD_TOO_LARGE",
        type: "invalid_request_error",
        param: null,
        code: "payload_too_large",
      },
    },
  },
  "413-too-large": {
    status: 413,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Request payload too large",
        type: "invalid_request_error",
        param: null,
        code: "payload_too_large",
      },
    },
  },
  "422-unprocessable": {
    status: 422,
    rule: "error-status",
    retry: false,
    body: {
      error: {
        message: "Invalid argument",
        type: "invalid_request_error",
        param: null,
        code: "unprocessable",
      },
    },
  },
  "429-empty-message": {
    status: 429,
    rule: "error-status",
    retry: true,
    headers: { "retry-after": "1" },
    body: {
      error: {
        message: "Upstream answered with status 429 and no message.",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
        metadata: {
          raw: "deepseek/deepseek-v4-pro is temporarily rate-limited upstream. Please retry shortly.",
          provider_name: "Together",
          is_byok: false,
          retry_after_seconds: 1,
        },
      },
    },
  },
  "429-free-per-day-high-balance": {
    status: 429,
    rule: "error-status",
    retry: true,
    headers: {
      "x-ratelimit-limit": "1000",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": "1790985600000",
    },
    body: {
      error: {
        message: "Rate limit exceeded: free-models-per-day-high-balance. ",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
        metadata: {
          headers: {
            "X-RateLimit-Limit": "1000",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": "1790985600000",
          },
          provider_name: null,
        },
      },
    },
  },
  "429-limit-rpm-headers": {
    status: 429,
    rule: "error-status",
    retry: true,
    headers: {
      vary: "Accept-Encoding",
      "x-ratelimit-limit": "1",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": "1754667660000",
    },
    body: {
      error: {
        message:
          "Rate limit exceeded: limit_rpm/meta-llama/llama-3.2-3b-instruct/e8440b11-29fb-4887-a222-eff9ba33dfbf. High demand for meta-llama/llama-3.2-3b-instruct:free on OpenRouter - limited to 1 requests per minute. Please retry shortly.",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
        metadata: {
          headers: {
            "X-RateLimit-Limit": "1",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": "1754667660000",
          },
          provider_name: null,
        },
      },
    },
  },
  "429-metadata-string": {
    status: 429,
    rule: "error-status",
    retry: true,
    body: {
      error: {
        message: "Provider returned error",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
        metadata: "not an object",
      },
    },
  },
  "429-no-raw-retry-1": {
    status: 429,
    rule: "error-status",
    retry: true,
    headers: { "retry-after": "1" },
    body: {
      error: {
        message: "Provider returned error",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
        metadata: { provider_name: "Together", is_byok: false, retry_after_seconds: 1 },
      },
    },
  },
  "429-retry-after-60": {
    status: 429,
    rule: "error-status",
    retry: true,
    headers: { "retry-after": "60" },
    body: {
      error: {
        message: "Rate limit exceeded",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
        metadata: { error_type: "rate_limit_exceeded" },
      },
    },
  },
  "429-retry-after-date": {
    status: 429,
    rule: "error-status",
    retry: true,
    headers: { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" },
    body: {
      error: {
        message: "Rate limit exceeded",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
      },
    },
  },
  "429-retry-after-garbage": {
    status: 429,
    rule: "error-status",
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
  "429-retry-after-huge": {
    status: 429,
    rule: "error-status",
    retry: true,
    headers: { "retry-after": "86400" },
    body: {
      error: {
        message: "Rate limit exceeded",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
      },
    },
  },
  "429-retry-after-in-metadata": {
    status: 429,
    rule: "error-status",
    retry: true,
    headers: { "retry-after": "7", "x-ratelimit-limit": "20", "x-ratelimit-remaining": "0" },
    body: {
      error: {
        message: "Rate limit exceeded",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
        metadata: {
          headers: { "Retry-After": "7", "X-RateLimit-Limit": "20", "X-RateLimit-Remaining": "0" },
        },
      },
    },
  },
  "429-retry-after-ms": {
    status: 429,
    rule: "error-status",
    retry: true,
    headers: { "retry-after-ms": "1500", "retry-after": "2" },
    body: {
      error: {
        message: "Rate limit exceeded",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
      },
    },
  },
  "429-string-code": {
    status: 429,
    rule: "error-status",
    retry: true,
    body: {
      error: {
        message: "The selected provider rejected the request",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
        metadata: {
          raw: "deepseek/deepseek-v4-pro is temporarily rate-limited upstream. Please retry shortly.",
          provider_name: "Together",
        },
      },
    },
  },
  "429-upstream-google-no-hint": {
    status: 429,
    rule: "error-status",
    retry: true,
    headers: { "x-generation-id": "gen-1790981483-CfbqS740cQWDBUp3PVIg" },
    body: {
      error: {
        message: "Provider returned error",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
        metadata: {
          raw: "google/gemma-4-31b-it:free is temporarily rate-limited upstream. Please retry shortly, or add your own key to accumulate your rate limits: https://openrouter.ai/settings/integrations",
          provider_name: "Google AI Studio",
          is_byok: false,
          provider_error_code: "429",
          limit_source: "upstream_provider_shared_pool",
          remedy_hint:
            "Retry shortly, add your own provider key (https://openrouter.ai/settings/integrations), or route to another provider with provider routing: https://openrouter.ai/docs/features/provider-routing",
        },
      },
    },
  },
  "500-event-stream": {
    status: 500,
    rule: "error-status",
    retry: true,
    body: {
      error: { message: "Internal error", type: "server_error", param: null, code: "server_error" },
    },
  },
  "502-cloudflare-html": {
    status: 502,
    rule: "error-status",
    retry: true,
    body: {
      error: {
        message: "openrouter.ai | 502: Bad gateway Cloudflare error page",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "502-pdf-file-annotations": {
    status: 502,
    rule: "error-status",
    retry: true,
    body: {
      error: {
        message: "Provider returned an error",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
        metadata: {
          file_annotations: [
            {
              type: "file",
              file: {
                hash: "abc123...",
                name: "document.pdf",
                content: [{ type: "text", text: "Parsed text content..." }],
              },
            },
          ],
        },
      },
    },
  },
  "502-provider": {
    status: 502,
    rule: "error-status",
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
  "503-availability": {
    status: 503,
    rule: "error-status",
    retry: true,
    headers: { "retry-after": "3" },
    body: {
      error: {
        message: "All providers are busy.",
        type: "server_error",
        param: null,
        code: "provider_overloaded",
        error_type: "provider_overloaded",
        http_status: 503,
        availability: { code: "temporarily_unavailable", retryable: true, retry_after: 2.5 },
      },
    },
  },
  "503-cloudflare-worker-html": {
    status: 503,
    rule: "error-status",
    retry: true,
    headers: { "cf-ray": "8f0dc256cdba2ef3-LAX" },
    body: {
      error: {
        message: "Worker exceeded resource limits | openrouter.ai | Cloudflare",
        type: "server_error",
        param: null,
        code: "provider_overloaded",
      },
    },
  },
  "503-no-backends": {
    status: 503,
    rule: "error-status",
    retry: true,
    body: {
      error: {
        message: "Provider returned error",
        type: "server_error",
        param: null,
        code: "provider_overloaded",
        metadata: { raw: "No backends available", provider_name: "Unknown" },
      },
    },
  },
  "503-retry-after": {
    status: 503,
    rule: "error-status",
    retry: true,
    headers: { "retry-after": "20" },
    body: {
      error: {
        message: "Service temporarily unavailable",
        type: "server_error",
        param: null,
        code: "provider_overloaded",
        metadata: { error_type: "provider_overloaded" },
      },
    },
  },
  "503-unavailable": {
    status: 503,
    rule: "error-status",
    retry: true,
    body: {
      error: {
        message: "Service temporarily unavailable",
        type: "server_error",
        param: null,
        code: "provider_overloaded",
      },
    },
  },
  "520-deepseek": {
    status: 520,
    rule: "error-status",
    retry: true,
    body: {
      error: {
        message: "Provider returned error",
        type: "server_error",
        param: null,
        code: "server_error",
        metadata: { raw: "error code: 520\n", provider_name: "DeepSeek", is_byok: false },
      },
    },
  },
  "524-edge-timeout": {
    status: 524,
    rule: "error-status",
    retry: true,
    body: {
      error: {
        message: "Request timed out. Please try again later.",
        type: "server_error",
        param: null,
        code: "timeout",
      },
    },
  },
  "599-json-without-error": {
    status: 599,
    rule: "error-status",
    retry: true,
    body: {
      error: {
        message: "Upstream answered with status 599 and no message.",
        type: "server_error",
        param: null,
        code: "server_error",
      },
      detail: "edge failure",
    },
  },
  "5xx-empty": {
    status: 502,
    rule: "error-status",
    retry: true,
    body: {
      error: {
        message: "Upstream answered with status 502 and no message.",
        type: "server_error",
        param: null,
        code: "provider_unavailable",
      },
    },
  },
  "message-missing": {
    status: 503,
    rule: "error-status",
    retry: true,
    body: {
      error: {
        message: "Upstream answered with status 503 and no message.",
        type: "server_error",
        param: null,
        code: "provider_overloaded",
      },
    },
  },
  "status-vs-code-mismatch": {
    status: 503,
    rule: "error-status",
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
  "stream-http-429-json": {
    status: 429,
    rule: "error-status",
    retry: true,
    headers: { "retry-after": "3" },
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
