/**
 * Fields that concern one connection only (RFC 9110 §7.6.1), in either direction. `Connection` may
 * name more.
 */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Request fields that OpenRouter's documentation gives a meaning to; nothing else goes upstream. */
const REQUEST_FIELDS = [
  "accept",
  "anthropic-beta",
  "anthropic-version",
  "authorization",
  "content-type",
  "http-referer",
  "idempotency-key",
  "traceparent",
  "tracestate",
  "user-agent",
  "x-anthropic-beta",
  "x-api-key",
  "x-session-id",
  "x-title",
];
const REQUEST_PREFIX = "x-openrouter-";

/** Response fields that are about upstream's own site and connection, not about the answer. */
const WITHHELD_RESPONSE_FIELDS = new Set([
  "alt-svc",
  "nel",
  "report-to",
  "server",
  "set-cookie",
  "strict-transport-security",
]);

/** Fields that describe the bytes of a body: untrue once it was decoded or replaced. */
const BODY_FIELDS = new Set(["content-encoding", "content-length"]);

/**
 * The header fields of the request to upstream. With `key`, OpenRouter's key takes the place of
 * whatever the caller used to be let in.
 */
export function upstreamRequestHeaders(client: Headers, key: string | undefined): Headers {
  const dropped = namedByConnection(client);
  const headers = new Headers();
  for (const [name, value] of client) {
    const isKnown = REQUEST_FIELDS.includes(name) || name.startsWith(REQUEST_PREFIX);
    if (isKnown && !dropped.has(name)) headers.set(name, value);
  }
  headers.set("accept-encoding", "identity");
  if (key !== undefined) {
    headers.set("authorization", `Bearer ${key}`);
    headers.delete("x-api-key");
  }
  return headers;
}

/** The header fields of upstream's answer that reach the client, with a body that was decoded. */
export function clientResponseHeaders(upstream: Headers): Headers {
  const dropped = namedByConnection(upstream);
  const headers = new Headers();
  for (const [name, value] of upstream) {
    if (!isWithheld(name) && !dropped.has(name)) headers.append(name, value);
  }
  return headers;
}

function isWithheld(name: string): boolean {
  if (HOP_BY_HOP.has(name) || WITHHELD_RESPONSE_FIELDS.has(name) || BODY_FIELDS.has(name)) {
    return true;
  }
  return name.startsWith("cf-") && name !== "cf-ray";
}

/** The fields that `Connection` declares to be for this hop only. */
function namedByConnection(headers: Headers): Set<string> {
  const connection = headers.get("connection");
  return new Set(connection?.split(",").map((name) => name.trim().toLowerCase()));
}
