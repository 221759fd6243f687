import { declaredForm } from "./answer-form.ts";
import { clientResponseHeaders, keptCoding } from "./response-fields.ts";

/** What upstream said before its body. */
export type ResponseHead = Pick<Response, "status" | "headers">;

const CONTENT_TYPES = { json: "application/json", "event-stream": "text/event-stream" };

/**
 * Upstream's answer as it is. `form` is set for a body that was read as JSON or as an event stream:
 * it replaces a content type that is missing or says something else.
 */
export function relayedResponse(
  upstream: ResponseHead,
  body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null,
  form?: "json" | "event-stream",
): Response {
  const headers = clientResponseHeaders(upstream.headers);
  if (form === undefined) {
    const coding = keptCoding(upstream.headers);
    if (coding !== undefined) headers.set("content-encoding", coding);
  } else {
    const given = headers.get("content-type");
    const isTrue = declaredForm(given) === form && !given?.includes(",");
    if (!isTrue) headers.set("content-type", CONTENT_TYPES[form]);
  }
  return new Response(body, { status: upstream.status, headers });
}

/**
 * Upstream's answer to HEAD. Its length is that of the body that GET would have (RFC 9110 §8.6),
 * where upstream told it, and that body would not be decoded.
 */
export function headResponse(upstream: ResponseHead): Response {
  const length = upstream.headers.get("content-length");
  const isKnown = length !== null && !upstream.headers.has("content-encoding");
  const mayHaveBody = ![204, 205].includes(upstream.status);
  const response = relayedResponse(upstream, !isKnown && mayHaveBody ? unmeasuredBody() : null);
  if (isKnown) response.headers.set("content-length", length);
  return response;
}

/** An empty body without a declared length: for no body at all, Bun would send a length of 0. */
function unmeasuredBody(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.close() }, { highWaterMark: 0 });
}
