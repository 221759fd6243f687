import { CODINGS } from "./content-coding.ts";

/** Why Candor itself cannot give an answer of upstream: the caller's fault, upstream's, or ours. */
export type Failure =
  | { kind: "no-key" }
  | { kind: "wrong-key" }
  | { kind: "foreign-host"; host: string }
  | { kind: "foreign-origin"; origin: string }
  | { kind: "foreign-page"; site: string }
  | { kind: "websocket" }
  | { kind: "unknown-path"; path: string; baseUrl?: string }
  | { kind: "wrong-method"; method: string; allowed: string[] }
  | { kind: "bad-header"; name: string; problem: string }
  | { kind: "body-too-large"; limit: number }
  | { kind: "body-cut" }
  | { kind: "request-timeout"; afterMs: number }
  | { kind: "wrong-content-type"; contentType: string | null }
  | { kind: "wrong-content-encoding"; coding: string }
  | { kind: "bad-body"; param: string | null; problem: string }
  | { kind: "too-busy"; limit: number; setting: string }
  | { kind: "unreachable"; reason: string; code: string | undefined }
  | { kind: "no-resources"; code: string }
  | { kind: "upstream-timeout"; afterMs: number }
  | { kind: "client-gone" }
  | { kind: "shutdown" }
  | { kind: "bug"; error: unknown };

/** What the caller is told about a failure. */
export interface FailureAnswer {
  status: number;
  message: string;
  /** OpenAI's `code`, where the status alone does not name it. */
  code?: string;
  param?: string | null;
  headers?: Record<string, string>;
  /** The error type of `Proxy-Status` (RFC 9209 §2.3). */
  proxyError: string;
}

/** The answer to every failure: a clear sentence that names the field, the header or the limit. */
export function describeFailure(failure: Failure): FailureAnswer {
  switch (failure.kind) {
    case "no-key":
      return unauthorized("No API key was given. Send it as `Authorization: Bearer <key>`.");
    case "wrong-key":
      return unauthorized("The API key is not one of those that this proxy accepts.");
    case "foreign-host":
      return forbidden(
        `Host ${failure.host} is not this machine's loopback name. To serve others, set PROXY_API_KEYS.`,
      );
    case "foreign-origin":
      return forbidden(`Origin ${failure.origin} is not listed in CORS_ORIGINS.`);
    case "foreign-page":
      return forbidden(
        `A page of another origin asks (Sec-Fetch-Site: ${failure.site}). List its origin in CORS_ORIGINS to let it.`,
      );
    case "websocket":
      // Codex CLI takes this status for "use HTTP", and any other for a fault that may pass.
      return clientError(426, "There are no WebSockets here. Use HTTP.", {
        code: "upgrade_required",
        headers: { upgrade: "HTTP/1.1", connection: "Upgrade" },
      });
    case "unknown-path": {
      const { path, baseUrl } = failure;
      const hint = baseUrl === undefined ? "" : ` The base URL for clients is ${baseUrl}.`;
      return clientError(404, `There is nothing at ${path}.${hint}`, { code: "not_found" });
    }
    case "wrong-method": {
      const allow = failure.allowed.join(", ");
      const message = `${failure.method} is not allowed here. Use ${allow}.`;
      return clientError(405, message, { code: "method_not_allowed", headers: { allow } });
    }
    case "bad-header":
      return clientError(400, `${failure.name}: ${failure.problem}`, { param: failure.name });
    case "body-too-large":
      return clientError(413, `The body is larger than ${failure.limit} bytes (MAX_BODY_BYTES).`);
    case "body-cut":
      return clientError(400, "The body ended before it was complete.");
    case "request-timeout":
      return clientError(
        408,
        `The body was not complete within ${failure.afterMs} ms (REQUEST_TIMEOUT_MS).`,
      );
    case "wrong-content-type": {
      const given = failure.contentType ?? "none";
      return clientError(
        415,
        `The content type is ${given}. Send the header \`Content-Type: application/json\`.`,
        { code: "unsupported_media_type", param: "content-type" },
      );
    }
    case "wrong-content-encoding":
      return unsupportedCoding(failure.coding);
    case "bad-body":
      return clientError(400, failure.problem, { param: failure.param });
    case "too-busy":
      return {
        status: 503,
        message: `The proxy is at its limit of ${failure.limit} (${failure.setting}).`,
        code: "proxy_overloaded",
        headers: { "retry-after": "1" },
        proxyError: "connection_limit_reached",
      };
    case "unreachable":
      return {
        status: 502,
        message: `Upstream could not be reached or broke off: ${failure.reason}.`,
        proxyError: PROXY_ERROR_BY_CODE.get(failure.code ?? "") ?? "destination_unavailable",
      };
    case "no-resources":
      return {
        status: 503,
        message: `The proxy has no file or no memory left for another request (${failure.code}).`,
        code: "proxy_overloaded",
        headers: { "retry-after": "1" },
        proxyError: "connection_limit_reached",
      };
    case "upstream-timeout":
      return {
        status: 504,
        message: `Upstream did not answer within ${failure.afterMs} ms (UPSTREAM_TIMEOUT_MS).`,
        proxyError: "http_response_timeout",
      };
    case "client-gone":
      // Nobody reads this; the status is the one under which nginx logs it.
      return {
        status: 499,
        message: "The client closed the connection.",
        proxyError: "connection_terminated",
      };
    case "shutdown":
      return {
        status: 503,
        message: "The proxy is shutting down.",
        code: "proxy_shutdown",
        headers: { "retry-after": "1" },
        proxyError: "connection_terminated",
      };
    case "bug":
      return {
        status: 500,
        message: "The proxy failed. This is a bug.",
        proxyError: "proxy_internal_error",
      };
  } // no default: the compiler reports a missing case
}

/** RFC 9209 §2.3 types of the error codes of Bun's `fetch`. */
const PROXY_ERROR_BY_CODE = new Map([
  ["ECONNREFUSED", "connection_refused"],
  ["ConnectionRefused", "connection_refused"],
  ["ECONNRESET", "connection_terminated"],
  ["ENOTFOUND", "dns_error"],
  ["Malformed_HTTP_Response", "http_protocol_error"],
  ["InvalidHTTPResponse", "http_protocol_error"],
  ["InvalidContentLength", "http_protocol_error"],
  ["UnsupportedTransferEncoding", "http_protocol_error"],
  ["UnrequestedUpgrade", "http_protocol_error"],
  ["EPROTO", "tls_protocol_error"],
  ["CERT_HAS_EXPIRED", "tls_certificate_error"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls_certificate_error"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "tls_certificate_error"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "tls_certificate_error"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "tls_certificate_error"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls_certificate_error"],
]);

function unauthorized(message: string): FailureAnswer {
  // RFC 9110 §11.6.1: a 401 names the scheme to use.
  const headers = { "www-authenticate": "Bearer" };
  const code = "invalid_api_key";
  return { status: 401, message, code, headers, proxyError: "http_request_denied" };
}

/** RFC 9110 §12.5.3: a 415 for a coding names those that are taken. */
function unsupportedCoding(coding: string): FailureAnswer {
  const codings = CODINGS.join(", ");
  const message = `The body's Content-Encoding is ${coding}. Use one of ${codings}, or none.`;
  return clientError(415, message, {
    code: "unsupported_media_type",
    param: "content-encoding",
    headers: { "accept-encoding": codings },
  });
}

function forbidden(message: string): FailureAnswer {
  return { status: 403, message, proxyError: "http_request_denied" };
}

function clientError(
  status: number,
  message: string,
  more: Pick<FailureAnswer, "code" | "param" | "headers"> = {},
): FailureAnswer {
  return { status, message, ...more, proxyError: "http_request_error" };
}
