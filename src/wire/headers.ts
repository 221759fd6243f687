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
const REQUEST_FIELDS = new Set([
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
]);
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

/** Header fields by lower-case name: a plain object costs a third of a `Headers`. */
export type HeaderFields = Record<string, string>;

/**
 * The header fields of the request to upstream. With `key`, OpenRouter's key takes the place of
 * whatever the caller used to be let in.
 */
export function upstreamRequestHeaders(client: Headers, key: string | undefined): HeaderFields {
  const headers = crossing(
    client,
    (name) => REQUEST_FIELDS.has(name) || name.startsWith(REQUEST_PREFIX),
  );
  headers["accept-encoding"] = "identity";
  if (key !== undefined) {
    headers["authorization"] = `Bearer ${key}`;
    delete headers["x-api-key"];
  }
  return headers;
}

/** The header fields of upstream's answer that reach the client, with a body that was decoded. */
export function clientResponseHeaders(upstream: Headers): HeaderFields {
  return crossing(upstream, (name) => !isWithheld(name));
}

/** The fields that cross, without those that `Connection` declares to be for this hop only. */
function crossing(headers: Headers, crosses: (name: string) => boolean): HeaderFields {
  const connection = headers.get("connection")?.toLowerCase();
  const dropped = connection?.split(",").map((name) => name.trim());
  const fields: HeaderFields = {};
  // Faster than `forEach`. The one field that may be an array, `set-cookie`, never crosses.
  for (const [name, value] of Object.entries(headers.toJSON())) {
    const isText = typeof value === "string";
    if (isText && crosses(name) && !dropped?.includes(name)) fields[name] = value;
  }
  return fields;
}

function isWithheld(name: string): boolean {
  if (HOP_BY_HOP.has(name) || WITHHELD_RESPONSE_FIELDS.has(name) || BODY_FIELDS.has(name)) {
    return true;
  }
  return name.startsWith("cf-") && name !== "cf-ray";
}
