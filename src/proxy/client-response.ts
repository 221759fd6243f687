import type { LogEntry } from "../observe/log.ts";
import type { ErrorForm } from "../core/dialect.ts";
import { declaredForm } from "../core/answer-form.ts";
import { answerFailure, type ErrorAnswer } from "../core/error-answer.ts";
import type { Failure } from "../core/failure.ts";
import { clientResponseHeaders, keptCoding } from "../core/response-fields.ts";

/** What upstream said before its body. */
export type ResponseHead = Pick<Response, "status" | "headers">;

/** The answer to a failure of our own, as a response; noted in `entry`. */
export function failureResponse(failure: Failure, form: ErrorForm, entry: LogEntry): Response {
  return errorResponse(answerFailure(failure), form, entry, undefined);
}

/**
 * A failed answer as a response; noted in `entry`. `key`, which is held here, is taken out of it,
 * should upstream quote it.
 */
export function errorResponse(
  { status, headers, body, rule }: ErrorAnswer,
  form: ErrorForm,
  entry: LogEntry,
  key: string | undefined,
): Response {
  const text = hideKey(JSON.stringify(form.answerBody(status, body)), key);
  for (const [name, value] of headers) {
    const shown = hideKey(value, key);
    if (shown !== value) headers.set(name, shown);
  }
  entry.rule = rule;
  entry.bytes = Buffer.byteLength(text);
  // A client that has left sees no status.
  if (rule !== "client-gone") noteStatus(status, entry);
  return new Response(text, { status, headers });
}

/**
 * Upstream's answer as it is. `contentType` is that of a body which was read as JSON or as an event
 * stream, for where upstream did not say so.
 */
export function relayedResponse(
  upstream: ResponseHead,
  body: Uint8Array | ReadableStream<Uint8Array> | null,
  contentType?: string,
): Response {
  const headers = clientResponseHeaders(upstream.headers);
  if (contentType === undefined) {
    const coding = keptCoding(upstream.headers);
    if (coding !== undefined) headers["content-encoding"] = coding;
  } else {
    const declared = declaredForm(headers["content-type"] ?? null);
    if (declared !== "json" && declared !== "event-stream") headers["content-type"] = contentType;
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

/** A body of which Bun says no length, where for none it would say 0. */
function unmeasuredBody(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.close() }, { highWaterMark: 0 });
}

/** What is shorter is no secret, but perhaps a word: a test's `key`, which stands in every error. */
const SHORTEST_KEY = 8;

/** A text without the key that is held here. */
export function hideKey(text: string, key: string | undefined): string {
  const isSecret = key !== undefined && key.length >= SHORTEST_KEY;
  return isSecret ? text.replaceAll(key, "[key]") : text;
}

/** Takes down the status that is about to be written, and how long it was held back. */
export function noteStatus(status: number, entry: LogEntry): void {
  entry.status = status;
  if (entry.upstreamMs === undefined) return;
  entry.heldMs = performance.now() - entry.arrivedAt - entry.upstreamMs;
}
