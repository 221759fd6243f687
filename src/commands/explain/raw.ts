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
const HEADER_LINE = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*$/;
const BLANK_LINE = /\r?\n\r?\n/;
const CHUNK_SIZE_LINE = /^([0-9a-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n/i;

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
    head = readHead(rest);
    rest = rest.subarray(head.length);
  } while (isRawResponse(rest));
  if (head.status < 200) throw new Error(`the capture ends behind status ${head.status}`);
  const { status, headers } = head;
  return { status, headers, ...readBody(rest, headers) };
}

interface Head {
  status: number;
  headers: Headers;
  /** How many bytes it takes up, the blank line included. */
  length: number;
}

function readHead(bytes: Buffer): Head {
  const text = bytes.toString("latin1");
  const blank = BLANK_LINE.exec(text);
  // A capture may end with the head.
  const end = blank?.index ?? text.trimEnd().length;
  const [statusLine = "", ...lines] = text.slice(0, end).split(/\r?\n/);
  const headers = new Headers();
  for (const line of lines) {
    const [, name, value] = HEADER_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw new Error(`the line ${JSON.stringify(line.slice(0, 80))} is no header field`);
    }
    headers.append(name, value);
  }
  const status = Number(STATUS_LINE.exec(statusLine)?.[1]);
  return { status, headers, length: blank === null ? bytes.length : end + blank[0].length };
}

/** The body without the framing of `Transfer-Encoding: chunked`, which curl takes off itself. */
function readBody(bytes: Buffer, headers: Headers): Pick<RawResponse, "body" | "isIncomplete"> {
  const isChunked = headers.get("transfer-encoding")?.toLowerCase().includes("chunked") ?? false;
  if (isChunked && isFramed(bytes)) return unframe(bytes);
  const announced = Number(headers.get("content-length") ?? 0);
  // curl --compressed saves a body decoded, beside the length that it had before.
  const isPlain = (headers.get("content-encoding") ?? "identity") === "identity";
  return { body: bytes, isIncomplete: isPlain && bytes.length < announced };
}

function isFramed(bytes: Buffer): boolean {
  return CHUNK_SIZE_LINE.test(bytes.toString("latin1", 0, 64));
}

/** The data of the chunks (RFC 9112 §7.1), as far as they are there. */
function unframe(bytes: Buffer): Pick<RawResponse, "body" | "isIncomplete"> {
  const chunks: Buffer[] = [];
  let rest = bytes;
  for (;;) {
    const [line = "", digits = ""] = CHUNK_SIZE_LINE.exec(rest.toString("latin1", 0, 1024)) ?? [];
    const size = Number.parseInt(digits, 16);
    if (!(size > 0)) return { body: Buffer.concat(chunks), isIncomplete: size !== 0 };
    chunks.push(rest.subarray(line.length, line.length + size));
    rest = rest.subarray(line.length + size + "\r\n".length);
  }
}
