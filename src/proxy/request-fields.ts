import { contentTypeOf } from "./content-type.ts";

/** Request fields that OpenRouter's documentation gives a meaning to; nothing else goes upstream. */
const FORWARDED_FIELDS = new Set([
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
  "x-session-affinity",
  "x-session-id",
  "x-title",
]);
const FORWARDED_PREFIX = "x-openrouter-";

/** Header fields by lower-case name: a plain object costs a third of a `Headers`. */
export type HeaderFields = Record<string, string>;

/**
 * The header fields of the request to upstream. With `key`, OpenRouter's key takes the place of
 * whatever the caller used to be let in.
 */
export function upstreamRequestHeaders(client: Headers, key: string | undefined): HeaderFields {
  const connection = connectionNames(client);
  const headers: HeaderFields = {};
  client.forEach((value, name) => {
    const isForwarded = FORWARDED_FIELDS.has(name) || name.startsWith(FORWARDED_PREFIX);
    if (isForwarded && !connection?.has(name)) headers[name] = value;
  });
  headers["accept-encoding"] = "identity";
  const contentType = headers["content-type"] === undefined ? null : contentTypeOf(client);
  if (contentType !== null) headers["content-type"] = contentType;
  if (key !== undefined) {
    headers["authorization"] = `Bearer ${key}`;
    delete headers["x-api-key"];
  }
  return headers;
}

/** The fields that `Connection` declares to be for this hop only (RFC 9110 §7.6.1). */
function connectionNames(headers: Headers): Set<string> | undefined {
  const connection = headers.get("connection");
  // Nearly always: one word for the connection itself, and no field.
  if (connection === null || /^(keep-alive|close)$/i.test(connection)) return undefined;
  return new Set(
    connection
      .toLowerCase()
      .split(",")
      .map((name) => name.trim()),
  );
}
