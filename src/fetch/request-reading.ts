import { isObject, type JsonObject, parseJson } from "../core/json.ts";
import { decode } from "../core/utf8.ts";

/** What `fetch` is called with. */
export type FetchArguments = Parameters<typeof fetch>;

/** What a call asks for, as far as it matters to the verdict. */
export interface CallReading {
  address: string;
  method: string;
  signal: AbortSignal | undefined;
  /** Its header fields, read only where they matter. */
  headers: () => Headers;
}

/** Reads a call as `fetch` does: what `init` says goes before what the `Request` says. */
export function readCall(input: FetchArguments[0], init: FetchArguments[1]): CallReading {
  const request = isRequest(input) ? input : undefined;
  const method = init?.method ?? request?.method ?? "GET";
  // Null takes the signal of the `Request` away (Fetch, "new Request").
  const signal = init?.signal === undefined ? request?.signal : init.signal;
  return {
    address: isRequest(input) ? input.url : String(input),
    method: method.toUpperCase(),
    signal: signal ?? undefined,
    headers: () => new Headers(init?.headers ?? request?.headers),
  };
}

/**
 * The text of a call's body, where it can be read without taking it away: a text, bytes, or the
 * copy of a `Request`. To be called before the call is made; never rejects.
 */
export async function readBodyText(
  input: FetchArguments[0],
  init: FetchArguments[1],
): Promise<string | undefined> {
  const body: unknown = init?.body;
  if (typeof body === "string") return body;
  if (body instanceof ArrayBuffer) return decode(body);
  if (ArrayBuffer.isView(body)) {
    return decode(new Uint8Array(body.buffer, body.byteOffset, body.byteLength));
  }
  const isReadable = isRequest(input) && input.body !== null && !input.bodyUsed;
  if ((body !== undefined && body !== null) || !isReadable) return undefined;
  return input
    .clone()
    .text()
    .catch(() => undefined);
}

/**
 * What a body asks for. Of one that cannot be read, the answer tells whether a stream was asked for.
 */
export function askedBody(text: string | undefined, answer: Response): JsonObject {
  const value = text === undefined ? undefined : parseJson(text);
  if (isObject(value)) return value;
  const type = answer.headers.get("content-type") ?? "";
  return { stream: /^\s*text\/event-stream/i.test(type) };
}

/** Not `instanceof`: a test's environment may have a `Request` of its own. */
function isRequest(input: FetchArguments[0]): input is Request {
  return typeof input === "object" && "url" in input;
}
