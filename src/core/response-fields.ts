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

/** Response fields that do not reach the client, besides those that `Connection` names. */
const WITHHELD_FIELDS = new Set([
  // They concern one connection only (RFC 9110 §7.6.1).
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
  // They describe the bytes of a body: untrue once it was decoded or replaced.
  "content-encoding",
  "content-length",
  // They are about upstream's own site and connection, not about the answer.
  "alt-svc",
  "nel",
  "report-to",
  "server",
  "set-cookie",
  "strict-transport-security",
]);

/** Response fields that are about one body, and untrue of the one that takes its place. */
const BODY_FIELDS = [
  "accept-ranges",
  "content-digest",
  "content-disposition",
  "content-language",
  "content-location",
  "content-md5",
  "content-range",
  "digest",
  "etag",
  "expires",
  "last-modified",
  "location",
  "repr-digest",
];

/** Header fields by lower-case name: a plain object costs a third of a `Headers`. */
export type HeaderFields = Record<string, string>;

/**
 * The header fields of the request to upstream. With `key`, OpenRouter's key takes the place of
 * whatever the caller used to be let in.
 */
export function upstreamRequestHeaders(client: Headers, key: string | undefined): HeaderFields {
  const headers = crossing(client, isForwarded);
  headers["accept-encoding"] = "identity";
  if (key !== undefined) {
    headers["authorization"] = `Bearer ${key}`;
    delete headers["x-api-key"];
  }
  return headers;
}

/** The header fields of upstream's answer that reach the client, with a body that was decoded. */
export function clientResponseHeaders(upstream: Headers): HeaderFields {
  return crossing(upstream, isPassedOn);
}

/** The codings that `fetch` decodes, alone or beside `identity`. */
const DECODED = /^(identity *, *)?(x-)?(gzip|deflate|br|zstd|identity)( *, *identity)?$/i;

/** The coding of a body that `fetch` handed over as it came: several in turn, or an unknown one. */
export function keptCoding(upstream: Headers): string | undefined {
  const coding = upstream.get("content-encoding") ?? "identity";
  return DECODED.test(coding) ? undefined : coding;
}

/** The same for an answer whose body is replaced. */
export function replacedResponseHeaders(upstream: Headers): Headers {
  const headers = new Headers(clientResponseHeaders(upstream));
  for (const name of BODY_FIELDS) headers.delete(name);
  return headers;
}

/** The fields that cross, without those that `Connection` declares to be for this hop only. */
function crossing(headers: Headers, crosses: (name: string) => boolean): HeaderFields {
  // An object costs half of what `forEach` does, as long as no list is made of it.
  const all: Record<string, unknown> = headers.toJSON();
  const connection = headers.get("connection")?.toLowerCase() ?? "";
  const fields: HeaderFields = {};
  for (const name in all) {
    const value = all[name];
    // The one field that may be an array, `set-cookie`, never crosses.
    const isText = typeof value === "string";
    if (isText && crosses(name) && !isNamed(connection, name)) fields[name] = value;
  }
  return fields;
}

function isForwarded(name: string): boolean {
  return REQUEST_FIELDS.has(name) || name.startsWith(REQUEST_PREFIX);
}

function isPassedOn(name: string): boolean {
  return !WITHHELD_FIELDS.has(name) && (!name.startsWith("cf-") || name === "cf-ray");
}

/** Whether `Connection` names a field. Nearly always the first look tells that it does not. */
function isNamed(connection: string, name: string): boolean {
  return connection.includes(name) && connection.split(",").some((each) => each.trim() === name);
}
