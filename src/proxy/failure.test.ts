import { describe, expect, test } from "bun:test";
import { replyToFailure } from "./failure-answer.ts";
import { describeFailure, type Failure } from "./failure.ts";

/** `names` stand in the message. */
const FAILURES: [
  failure: Failure,
  status: number,
  type: string,
  code: string,
  param: string | null,
  retried: "true" | "false",
  names: string[],
][] = [
  [
    { kind: "no-key" },
    401,
    "authentication_error",
    "invalid_api_key",
    null,
    "false",
    ["Authorization: Bearer"],
  ],
  [
    { kind: "wrong-key" },
    401,
    "authentication_error",
    "invalid_api_key",
    null,
    "false",
    ["API key"],
  ],
  [
    { kind: "foreign-host", host: "evil.example" },
    403,
    "permission_error",
    "permission_denied",
    null,
    "false",
    ["evil.example", "PROXY_API_KEYS"],
  ],
  [
    { kind: "foreign-origin", origin: "https://evil.example" },
    403,
    "permission_error",
    "permission_denied",
    null,
    "false",
    ["https://evil.example", "CORS_ORIGINS"],
  ],
  [
    { kind: "unknown-path", path: "/nothing" },
    404,
    "invalid_request_error",
    "not_found",
    null,
    "false",
    ["/nothing"],
  ],
  [
    { kind: "wrong-method", method: "PUT", allowed: ["GET", "HEAD"] },
    405,
    "invalid_request_error",
    "method_not_allowed",
    null,
    "false",
    ["PUT", "GET, HEAD"],
  ],
  [
    { kind: "bad-header", name: "x-candor-hold-ms", problem: '"soon" is not a number.' },
    400,
    "invalid_request_error",
    "invalid_request",
    "x-candor-hold-ms",
    "false",
    ["x-candor-hold-ms", '"soon"'],
  ],
  [
    { kind: "body-too-large", limit: 1000 },
    413,
    "invalid_request_error",
    "payload_too_large",
    null,
    "false",
    ["1000", "MAX_BODY_BYTES"],
  ],
  [
    { kind: "request-timeout", afterMs: 120_000 },
    408,
    "timeout_error",
    "timeout",
    null,
    "true",
    ["120000 ms", "REQUEST_TIMEOUT_MS"],
  ],
  [{ kind: "body-cut" }, 400, "invalid_request_error", "invalid_request", null, "false", ["body"]],
  [
    { kind: "wrong-content-type", contentType: "text/plain" },
    415,
    "invalid_request_error",
    "unsupported_media_type",
    "content-type",
    "false",
    ["text/plain", "Content-Type: application/json"],
  ],
  [
    { kind: "wrong-content-type", contentType: null },
    415,
    "invalid_request_error",
    "unsupported_media_type",
    "content-type",
    "false",
    ["none", "Content-Type: application/json"],
  ],
  [
    { kind: "wrong-content-encoding", coding: "gzip" },
    415,
    "invalid_request_error",
    "unsupported_media_type",
    "content-encoding",
    "false",
    ["gzip", "gzip, deflate, br, zstd"],
  ],
  [
    { kind: "bad-body", param: "messages[0].role", problem: "messages[0].role: missing" },
    400,
    "invalid_request_error",
    "invalid_request",
    "messages[0].role",
    "false",
    ["messages[0].role: missing"],
  ],
  [
    { kind: "too-busy", limit: 4096, setting: "MAX_UPSTREAM_REQUESTS" },
    503,
    "server_error",
    "proxy_overloaded",
    null,
    "true",
    ["4096", "MAX_UPSTREAM_REQUESTS"],
  ],
  [
    { kind: "unreachable", reason: "ECONNREFUSED", code: "ECONNREFUSED" },
    502,
    "server_error",
    "provider_unavailable",
    null,
    "true",
    ["ECONNREFUSED"],
  ],
  [
    { kind: "upstream-timeout", afterMs: 600_000 },
    504,
    "server_error",
    "timeout",
    null,
    "true",
    ["600000", "UPSTREAM_TIMEOUT_MS"],
  ],
  [{ kind: "shutdown" }, 503, "server_error", "proxy_shutdown", null, "true", ["shutting down"]],
  [{ kind: "bug", error: undefined }, 500, "server_error", "server_error", null, "true", ["bug"]],
];

describe("replyToFailure", () => {
  test.each(FAILURES)(
    "%j is answered with %d, %s, %s",
    (failure, status, type, code, param, retried, names) => {
      const answer = replyToFailure(failure);
      expect(answer.status).toBe(status);
      expect(answer.body).toEqual({ error: { message: expect.any(String), type, param, code } });
      for (const name of names) expect(answer.body.error.message).toContain(name);
      expect(answer.headers.get("x-should-retry")).toBe(retried);
      expect(answer.headers.get("content-type")).toBe("application/json");
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(answer.headers.get("proxy-status")).toMatch(
        /^candor; error=[a-z_]+; details="[a-z-]+"$/,
      );
    },
  );

  const fields: [failure: Failure, name: string, value: string][] = [
    [{ kind: "no-key" }, "www-authenticate", "Bearer"],
    [{ kind: "wrong-key" }, "www-authenticate", "Bearer"],
    [{ kind: "wrong-method", method: "PUT", allowed: ["GET", "HEAD"] }, "allow", "GET, HEAD"],
    [{ kind: "too-busy", limit: 4096, setting: "MAX_UPSTREAM_REQUESTS" }, "retry-after", "1"],
    [{ kind: "shutdown" }, "retry-after", "1"],
  ];
  test.each(fields)("%j is answered with the header field %s: %s", (failure, name, value) => {
    expect(replyToFailure(failure).headers.get(name)).toBe(value);
  });

  const proxyErrorsByKind: [failure: Failure, proxyError: string][] = [
    [{ kind: "wrong-key" }, "http_request_denied"],
    [{ kind: "foreign-host", host: "evil.example" }, "http_request_denied"],
    [{ kind: "unknown-path", path: "/nothing" }, "http_request_error"],
    [{ kind: "bad-body", param: null, problem: "The body is not JSON." }, "http_request_error"],
    [
      { kind: "too-busy", limit: 4096, setting: "MAX_UPSTREAM_REQUESTS" },
      "connection_limit_reached",
    ],
    [{ kind: "upstream-timeout", afterMs: 1 }, "http_response_timeout"],
    [{ kind: "client-gone" }, "connection_terminated"],
    [{ kind: "shutdown" }, "connection_terminated"],
    [{ kind: "bug", error: undefined }, "proxy_internal_error"],
  ];
  test.each(proxyErrorsByKind)("%j is %s in Proxy-Status (RFC 9209 §2.3)", (failure, error) => {
    const details = `details="${failure.kind}"`;
    const { headers } = replyToFailure(failure);
    expect(headers.get("proxy-status")).toBe(`candor; error=${error}; ${details}`);
  });

  const proxyErrors: [code: string | undefined, proxyError: string][] = [
    ["ECONNREFUSED", "connection_refused"],
    ["ConnectionRefused", "connection_refused"],
    ["ECONNRESET", "connection_terminated"],
    ["ENOTFOUND", "dns_error"],
    ["InvalidHTTPResponse", "http_protocol_error"],
    ["EPROTO", "tls_protocol_error"],
    ["CERT_HAS_EXPIRED", "tls_certificate_error"],
    ["a code of tomorrow", "destination_unavailable"],
    [undefined, "destination_unavailable"],
  ];
  test.each(proxyErrors)("upstream unreachable with %p is %s in Proxy-Status", (code, error) => {
    const { headers } = replyToFailure({ kind: "unreachable", reason: "no connection", code });
    expect(headers.get("proxy-status")).toBe(`candor; error=${error}; details="unreachable"`);
  });
});

describe("describeFailure", () => {
  test("a client that left is logged as 499", () => {
    expect(describeFailure({ kind: "client-gone" }).status).toBe(499);
  });
});
