import { readChunked } from "../http-text/chunked.ts";
import { readHead } from "../http-text/head.ts";

/** A request as it stood on the wire. `path` is the whole request target, query included. */
export interface HttpRequest {
  method: string;
  path: string;
  headers: Headers;
  body: Uint8Array;
}

/** How many bytes there have to be before it is worth asking again. */
interface Incomplete {
  kind: "incomplete";
  needed: number;
}

/** The status with which to refuse bytes that are no HTTP/1.1 request. */
interface Malformed {
  kind: "malformed";
  status: 400 | 431;
}

/** What a connection's bytes begin with; `length` is how many of them the request takes up. */
export type RequestReading =
  | { kind: "request"; request: HttpRequest; length: number }
  | Incomplete
  | Malformed;

type BodyReading = { kind: "body"; body: Uint8Array; end: number } | Incomplete | Malformed;

/** The largest head, request line and header fields together, that is read; more is a 431. */
const MAX_HEAD_BYTES = 64 * 1024;

const REQUEST_LINE = /^([\w!#$%&'*+.^`|~-]+) (\S+) HTTP\/1\.1$/;
const BAD_REQUEST: Malformed = { kind: "malformed", status: 400 };

/**
 * The HTTP/1.1 request with which the bytes begin, its body decoded from `Content-Length` or
 * chunked framing. What comes behind it, such as the next request, is left alone.
 */
export function readRequest(bytes: Buffer): RequestReading {
  const head = readHead(bytes.subarray(0, MAX_HEAD_BYTES + 4), "crlf");
  if (head.kind === "malformed") return BAD_REQUEST;
  if (head.kind === "incomplete") {
    if (bytes.length > MAX_HEAD_BYTES) return { kind: "malformed", status: 431 };
    return { kind: "incomplete", needed: bytes.length + 1 };
  }
  const [, method, path] = REQUEST_LINE.exec(head.startLine) ?? [];
  if (method === undefined || path === undefined) return BAD_REQUEST;
  const headers = new Headers(head.fields);
  const reading = readBody(bytes, head.end, headers);
  if (reading.kind !== "body") return reading;
  const request = { method, path, headers, body: reading.body };
  return { kind: "request", request, length: reading.end };
}

function readBody(bytes: Buffer, start: number, headers: Headers): BodyReading {
  const transferCoding = headers.get("transfer-encoding");
  if (transferCoding?.toLowerCase() === "chunked") return readChunkedBody(bytes, start);
  const contentLength = headers.get("content-length") ?? "0";
  if (transferCoding !== null || !/^\d{1,15}$/.test(contentLength)) return BAD_REQUEST;
  const end = start + Number(contentLength);
  if (bytes.length < end) return { kind: "incomplete", needed: end };
  return { kind: "body", body: bytes.subarray(start, end), end };
}

function readChunkedBody(bytes: Buffer, start: number): BodyReading {
  const { kind, data, end, needed } = readChunked(bytes, start);
  if (kind === "malformed") return BAD_REQUEST;
  if (kind === "incomplete") return { kind, needed };
  return { kind: "body", body: data, end };
}
