import { describe, expect, test } from "bun:test";
import { answerFailure, answerFault } from "./error-answer.ts";
import { describeFailure, type Failure } from "./failure.ts";
import { type Fault, silentFault } from "./fault.ts";

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
    ["gzip", "as it is"],
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
  [{ kind: "bug" }, 500, "server_error", "server_error", null, "true", ["bug"]],
];

describe("answerFailure", () => {
  test.each(FAILURES)(
    "%j is answered with %d, %s, %s",
    (failure, status, type, code, param, retried, names) => {
      const answer = answerFailure(failure);
      expect(answer.status).toBe(status);
      expect(answer.body).toEqual({ error: { message: expect.any(String), type, param, code } });
      for (const name of names) expect(answer.body.error.message).toContain(name);
      expect(answer.headers.get("x-should-retry")).toBe(retried);
      expect(answer.headers.get("content-type")).toBe("application/json");
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(answer.headers.get("proxy-status")).toMatch(
        /^candor; error=[a-z_]+; details="[a-z-]+"$/,
      );
      expect(answer.rule).toBe(failure.kind);
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
    expect(answerFailure(failure).headers.get(name)).toBe(value);
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
    [{ kind: "bug" }, "proxy_internal_error"],
  ];
  test.each(proxyErrorsByKind)("%j is %s in Proxy-Status (RFC 9209 §2.3)", (failure, error) => {
    const details = `details="${failure.kind}"`;
    const { headers } = answerFailure(failure);
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
    const { headers } = answerFailure({ kind: "unreachable", reason: "no connection", code });
    expect(headers.get("proxy-status")).toBe(`candor; error=${error}; details="unreachable"`);
  });
});

describe("describeFailure", () => {
  test("a client that left is logged as 499", () => {
    expect(describeFailure({ kind: "client-gone" }).status).toBe(499);
  });
});

describe("answerFault", () => {
  const fault: Fault = {
    rule: "error-in-body",
    error: { message: "Rate limited", code: 429, metadata: { retry_after_seconds: 2.5 } },
    beside: { id: "gen-1", user_id: "user_1" },
    sentence: "Upstream failed.",
  };
  const answerTo = (headers: Record<string, string>, status = 200) =>
    answerFault(fault, { status, headers: new Headers(headers) }, Date.UTC(2026, 0, 1));

  test("the answer has the status that the error claims, its advice and OpenAI's form", () => {
    const answer = answerTo({});
    expect(answer.status).toBe(429);
    expect(answer.rule).toBe("error-in-body");
    expect(answer.headers.toJSON()).toEqual({
      "cache-control": "no-store",
      "content-type": "application/json",
      "proxy-status": 'candor; received-status=200; details="error-in-body"',
      "retry-after": "3",
      "x-should-retry": "true",
    });
    expect(answer.body).toEqual({
      error: {
        message: "Rate limited",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
        metadata: { retry_after_seconds: 2.5 },
      },
      id: "gen-1",
    });
  });

  test("a failure's own status is kept, and named in Proxy-Status", () => {
    const answer = answerTo({}, 403);
    expect(answer.status).toBe(403);
    expect(answer.headers.get("proxy-status")).toContain("received-status=403;");
  });

  test("the header fields of the replaced body give way, and all that may pass does", () => {
    const { headers } = answerTo({
      "content-type": "text/event-stream",
      "content-length": "3",
      "content-encoding": "gzip",
      "cache-control": "public",
      "set-cookie": "a=1",
      "x-should-retry": "false",
      "x-generation-id": "gen-1",
      "x-ratelimit-limit": "20",
      "retry-after-ms": "2500",
    });
    expect(headers.toJSON()).toEqual({
      "cache-control": "no-store",
      "content-type": "application/json",
      "proxy-status": 'candor; received-status=200; details="error-in-body"',
      "retry-after": "3",
      "retry-after-ms": "2500",
      "x-generation-id": "gen-1",
      "x-ratelimit-limit": "20",
      "x-should-retry": "true",
    });
  });

  test("a Retry-After that can be read passes, and one that cannot does not", () => {
    expect(answerTo({ "retry-after": "17" }).headers.get("retry-after")).toBe("17");
    expect(answerTo({ "retry-after": "soon" }).headers.get("retry-after")).toBe("3");
    const silent = silentFault("cut", "The connection broke off.");
    const upstream = { status: 200, headers: new Headers({ "retry-after": "soon" }) };
    expect(answerFault(silent, upstream, 0).headers.has("retry-after")).toBe(false);
  });

  test("Candor is added behind the proxies that upstream's answer came through", () => {
    const { headers } = answerTo({ "proxy-status": "edge; received-status=200" });
    expect(headers.get("proxy-status")).toBe(
      'edge; received-status=200, candor; received-status=200; details="error-in-body"',
    );
  });

  test.each(["", "a,", "a b", 'bad bad =;"', 'a; details="open'])(
    "behind %j, which is no list, nobody would read it",
    (field) => {
      const { headers } = answerTo({ "proxy-status": field });
      expect(headers.get("proxy-status")).toBe(
        'candor; received-status=200; details="error-in-body"',
      );
    },
  );

  test.each(["edge", '"a b";error=x', 'a; details="b, c", d;next-hop=10.0.0.1'])(
    "it stands behind %j, which is a list",
    (field) => {
      const { headers } = answerTo({ "proxy-status": field });
      expect(headers.get("proxy-status")).toStartWith(`${field}, candor; `);
    },
  );

  test("a fault without words is a 502 with a sentence", () => {
    const silent = silentFault("ended-early", "Upstream's stream ended before the answer did.");
    const answer = answerFault(silent, { status: 200, headers: new Headers() }, 0);
    expect(answer.status).toBe(502);
    expect(answer.body.error).toEqual({
      message: "Upstream's stream ended before the answer did.",
      type: "server_error",
      param: null,
      code: "provider_unavailable",
    });
  });
});
