import { readChunked } from "../http-text/chunked.ts";
import { type Head, readBareHead, readHead } from "../http-text/head.ts";

/** An HTTP response as it stood on the wire, or as `curl -i` saved it. */
export interface RawResponse {
  status: number;
  headers: Headers;
  /** Without its chunked framing. */
  body: Uint8Array;
  /** Whether the body lacks bytes that the head, or the framing, announced. */
  isIncomplete: boolean;
}

const STATUS_LINE = /^HTTP\/\d(?:\.\d)? (\d{3})[^\r\n]*/;

/** Whether a capture begins as an HTTP response does. */
export function isRawResponse(bytes: Uint8Array): boolean {
  return STATUS_LINE.test(Buffer.from(bytes.subarray(0, 64)).toString("latin1"));
}

/**
 * Reads a response. Of several heads in a row, such as `100 Continue`, a tunnel's `200 Connection
 * established` or a redirect that was followed, the last one counts. Throws an error that names the
 * line that is no header field, or the status that ends nothing.
 */
export function readRawResponse(bytes: Uint8Array): RawResponse {
  let rest = Buffer.from(bytes);
  let head: Head;
  do {
    head = readCapturedHead(rest);
    rest = rest.subarray(head.end);
  } while (isRawResponse(rest));
  const status = Number(STATUS_LINE.exec(head.startLine)?.[1]);
  if (Number.isNaN(status)) throw new Error("the capture has no status line");
  if (status < 200) throw new Error(`the capture ends behind status ${status}`);
  const headers = new Headers(head.fields);
  return { status, headers, ...readBody(rest, headers) };
}

/** A capture may end with the head. */
function readCapturedHead(bytes: Buffer): Head {
  const whole = readHead(bytes, "any");
  const head = whole.kind === "incomplete" ? readBareHead(bytes, "any") : whole;
  if (head.kind === "head") return head;
  const line = head.kind === "malformed" ? head.line.slice(0, 80) : "";
  throw new Error(`the line ${JSON.stringify(line)} is no header field`);
}

/** The body without the framing of `Transfer-Encoding: chunked`, which curl takes off itself. */
function readBody(bytes: Buffer, headers: Headers): Pick<RawResponse, "body" | "isIncomplete"> {
  const isChunked = headers.get("transfer-encoding")?.toLowerCase().includes("chunked") ?? false;
  if (isChunked) {
    const { kind, data } = readChunked(bytes, 0);
    const isFramed = kind === "whole" || data.length > 0 || bytes.length === 0;
    if (isFramed) return { body: data, isIncomplete: kind !== "whole" };
  }
  const announced = Number(headers.get("content-length") ?? 0);
  // curl --compressed saves a body decoded, beside the length that it had before.
  const isPlain = (headers.get("content-encoding") ?? "identity") === "identity";
  return { body: bytes, isIncomplete: isPlain && bytes.length < announced };
}
