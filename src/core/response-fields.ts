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
  "reporting-endpoints",
  "server",
  "set-cookie",
  "set-cookie2",
  "strict-transport-security",
  // They command a browser that has Candor's page open, for Candor's origin.
  "clear-site-data",
  "refresh",
  "service-worker-allowed",
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

/** The header fields of upstream's answer that reach the client, with a body that was decoded. */
export function clientResponseHeaders(upstream: Headers): Headers {
  // The platform copies and deletes at half the cost of a list of the fields that cross.
  const headers = new Headers(upstream);
  for (const name of upstream.keys()) if (isWithheld(name)) headers.delete(name);
  const connection = upstream.get("connection");
  if (connection === null) return headers;
  // RFC 9110 §7.6.1: what `Connection` names is for this hop only.
  for (const name of connection.split(","))
    if (isFieldName(name.trim())) headers.delete(name.trim());
  return headers;
}

/** The codings that `fetch` decodes, alone or beside `identity`. */
const DECODED = /^(identity *, *)?(x-)?(gzip|deflate|br|zstd|identity)( *, *identity)?$/i;

/** The coding of a body that `fetch` handed over as it came: several in turn, or an unknown one. */
export function keptCoding(upstream: Headers): string | undefined {
  const coding = upstream.get("content-encoding") ?? "identity";
  return DECODED.test(coding) ? undefined : coding;
}

/** The header fields of upstream's answer that reach the client with a body of our own. */
export function replacedResponseHeaders(upstream: Headers): Headers {
  const headers = clientResponseHeaders(upstream);
  for (const name of BODY_FIELDS) headers.delete(name);
  return headers;
}

function isWithheld(name: string): boolean {
  return WITHHELD_FIELDS.has(name) || isOfSite(name);
}

/** Whether upstream speaks of its own site in a field: who may read an answer here, we say. */
function isOfSite(name: string): boolean {
  return name.startsWith("access-control-") || (name.startsWith("cf-") && name !== "cf-ray");
}

/** A token (RFC 9110 §5.6.2): `Headers` throws at any other name. */
function isFieldName(name: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name);
}
