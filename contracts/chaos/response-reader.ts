/** A response as it stood on the wire, its body decoded from `Content-Length` or chunked framing. */
export interface WireResponse {
  status: number;
  headers: Headers;
  body: Buffer;
  /** False where the connection ended before the body did. */
  isComplete: boolean;
}

/** Reads the responses that come on one connection. */
export interface ResponseReader {
  /** The responses that these bytes complete. Throws at what is no HTTP/1.1. */
  feed(bytes: Buffer): WireResponse[];
  /** What there is of a response that is not complete, once nothing more comes. */
  rest(): WireResponse | undefined;
}

/** What has to come next on the wire. */
type Expected =
  | { kind: "head" | "chunk-size" | "chunk-end" | "trailer" }
  | { kind: "data"; left: number; isChunk: boolean };

/** Creates a reader of responses to requests other than HEAD. */
export function createResponseReader(): ResponseReader {
  let unread: Buffer = Buffer.alloc(0);
  let expected: Expected = { kind: "head" };
  let head: Pick<WireResponse, "status" | "headers"> | undefined;
  let parts: Buffer[] = [];
  let responses: WireResponse[] = [];

  /** Takes what is expected off the unread bytes; false where more of it has to come. */
  function take(): boolean {
    if (expected.kind === "data") return takeData(expected);
    const line = takeLine(expected.kind === "head" ? "\r\n\r\n" : "\r\n");
    if (line === undefined) return false;
    if (expected.kind === "trailer") finish(true);
    else if (expected.kind === "chunk-end") expected = { kind: "chunk-size" };
    else if (expected.kind === "chunk-size") expected = expectChunk(line);
    else {
      head = readHead(line);
      expected = expectBody(head.headers);
    }
    return true;
  }

  function takeLine(end: string): string | undefined {
    const index = unread.indexOf(end);
    if (index === -1) return undefined;
    const line = unread.toString("latin1", 0, index);
    unread = unread.subarray(index + end.length);
    return line;
  }

  function takeData(data: Extract<Expected, { kind: "data" }>): boolean {
    if (data.left > 0) {
      const part = unread.subarray(0, Math.min(data.left, unread.length));
      parts.push(part);
      unread = unread.subarray(part.length);
      data.left -= part.length;
      return part.length > 0;
    }
    if (data.isChunk) expected = { kind: "chunk-end" };
    else finish(true);
    return true;
  }

  function finish(isComplete: boolean): void {
    if (head !== undefined) responses.push({ ...head, body: Buffer.concat(parts), isComplete });
    head = undefined;
    parts = [];
    expected = { kind: "head" };
  }

  function takeResponses(): WireResponse[] {
    const taken = responses;
    responses = [];
    return taken;
  }

  return {
    feed(bytes) {
      unread = unread.length === 0 ? bytes : Buffer.concat([unread, bytes]);
      while (take());
      return takeResponses();
    },
    rest() {
      finish(false);
      return takeResponses()[0];
    },
  };
}

function readHead(text: string): Pick<WireResponse, "status" | "headers"> {
  const [statusLine = "", ...lines] = text.split("\r\n");
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(statusLine) ?? [];
  if (status === undefined) throw new Error(`No status line: ${JSON.stringify(statusLine)}`);
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return { status: Number(status), headers };
}

/** A body of which nothing tells the length lasts as long as the connection. */
function expectBody(headers: Headers): Expected {
  if (headers.get("transfer-encoding") === "chunked") return { kind: "chunk-size" };
  const length = headers.get("content-length");
  const left = length === null ? Number.POSITIVE_INFINITY : Number(length);
  return { kind: "data", left, isChunk: false };
}

function expectChunk(line: string): Expected {
  const left = Number.parseInt(line, 16);
  if (Number.isNaN(left)) throw new Error(`No chunk size: ${JSON.stringify(line)}`);
  return left === 0 ? { kind: "trailer" } : { kind: "data", left, isChunk: true };
}
