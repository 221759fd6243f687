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
const HEADER_LINE = /^([^\s:]+):[ \t]*(.*)$/;
const CHUNK_SIZE_LINE = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?$/i;
const BAD_REQUEST: Malformed = { kind: "malformed", status: 400 };

/**
 * The HTTP/1.1 request with which the bytes begin, its body decoded from `Content-Length` or
 * chunked framing. What comes behind it, such as the next request, is left alone.
 */
export function readRequest(bytes: Buffer): RequestReading {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd > MAX_HEAD_BYTES || (headEnd === -1 && bytes.length > MAX_HEAD_BYTES)) {
    return { kind: "malformed", status: 431 };
  }
  if (headEnd === -1) return { kind: "incomplete", needed: bytes.length + 1 };

  const [requestLine = "", ...headerLines] = bytes.toString("latin1", 0, headEnd).split("\r\n");
  const [, method, path] = REQUEST_LINE.exec(requestLine) ?? [];
  const headers = readHeaders(headerLines);
  if (method === undefined || path === undefined || headers === undefined) return BAD_REQUEST;

  const reading = readBody(bytes, headEnd + 4, headers);
  if (reading.kind !== "body") return reading;
  const request = { method, path, headers, body: reading.body };
  return { kind: "request", request, length: reading.end };
}

function readHeaders(lines: string[]): Headers | undefined {
  const headers = new Headers();
  for (const line of lines) {
    const [, name, value] = HEADER_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    try {
      headers.append(name, value);
    } catch {
      return undefined;
    }
  }
  return headers;
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
  const chunks: Buffer[] = [];
  let position = start;
  while (true) {
    const lineEnd = bytes.indexOf("\r\n", position);
    if (lineEnd === -1) return { kind: "incomplete", needed: bytes.length + 1 };
    const sizeLine = bytes.toString("latin1", position, lineEnd);
    const [, size] = CHUNK_SIZE_LINE.exec(sizeLine) ?? [];
    if (size === undefined) return BAD_REQUEST;
    if (Number.parseInt(size, 16) === 0) return readLastChunk(bytes, lineEnd, chunks);

    const dataStart = lineEnd + 2;
    const dataEnd = dataStart + Number.parseInt(size, 16);
    if (bytes.length < dataEnd + 2) return { kind: "incomplete", needed: dataEnd + 2 };
    if (bytes.toString("latin1", dataEnd, dataEnd + 2) !== "\r\n") return BAD_REQUEST;
    chunks.push(bytes.subarray(dataStart, dataEnd));
    position = dataEnd + 2;
  }
}

function readLastChunk(bytes: Buffer, sizeLineEnd: number, chunks: Buffer[]): BodyReading {
  // The size line's own line break counts: without trailer fields, the empty line follows at once.
  const trailerEnd = bytes.indexOf("\r\n\r\n", sizeLineEnd);
  if (trailerEnd === -1) return { kind: "incomplete", needed: bytes.length + 1 };
  return { kind: "body", body: Buffer.concat(chunks), end: trailerEnd + 4 };
}
