/** The statuses whose answers have no body (Fetch, "null body status"). */
const BODILESS = new Set([204, 205, 304]);

/** Upstream's answer, without the empty body that Chromium gives to an answer that has none. */
export function withoutEmptyBody(upstream: Response, method: string): Response {
  const { status, headers, body } = upstream;
  if (body === null || !(method === "HEAD" || BODILESS.has(status))) return upstream;
  return new Response(null, { status, headers });
}

/**
 * A response as if it had been fetched: with the address and the kind of upstream's own, which
 * nobody can give to a `Response` of their making. Its clones have them too.
 */
export function asFetched(response: Response, upstream: Response): Response {
  const { url, redirected, type } = upstream;
  // The words beside another status are not known: HTTP/2 has none at all.
  const statusText = response.status === upstream.status ? upstream.statusText : "";
  const clone = () => asFetched(Response.prototype.clone.call(response), upstream);
  const fields = { url, redirected, type, statusText, clone };
  for (const [name, value] of Object.entries(fields)) {
    Object.defineProperty(response, name, { value, configurable: true });
  }
  return response;
}
