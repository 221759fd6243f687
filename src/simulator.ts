import { STATUS_CODES } from "node:http";
import type { Socket } from "bun";
import { type HttpRequest, readRequest, type RequestReading } from "./http-request.ts";
import { chunkBytes, type Recording } from "./recording.ts";

type RecordedResponse = Recording["response"];

/** A request that reached the simulator; `path` stands as on the wire, so with `/api/v1`. */
export interface ReceivedRequest extends HttpRequest {
  /** Resolves when the other side has closed this request's socket; never if the simulator did. */
  closed: Promise<void>;
}

/** What the simulator answers, on which port (default: any free one) and how fast. */
export interface SimulatorOptions {
  /** Called once the whole request is there. Undefined stands for a 404 as OpenRouter words it. */
  answer: (request: ReceivedRequest) => RecordedResponse | undefined;
  port?: number;
  /** Keeps the recorded times. Otherwise chunks come as fast as they can without merging. */
  timed?: boolean;
}

/** A running simulator: its base URL, every request so far, and the way to end it. */
export interface Simulator {
  url: string;
  requests: ReceivedRequest[];
  openConnections(): number;
  stop(): Promise<void>;
}

interface Connection {
  unread: Buffer[];
  /** With fewer unread bytes than this there is no whole request. */
  needed: number;
  /** Set during an exchange, and for good from the last one on. */
  busy: boolean;
  drained: PromiseWithResolvers<void>;
  gone: PromiseWithResolvers<void>;
  closedBySimulator: boolean;
  closedByPeer: PromiseWithResolvers<void>;
}

type Peer = Socket<Connection>;
type Respond = (request: ReceivedRequest) => RecordedResponse;
type Framing = "none" | "as is" | "chunked";

/** With 0 chunks reach a reader merged; with 2 they do so only while no processor is free. */
const CHUNK_GAP_MS = 2;

/** Bun's fetch throws received bytes away when the reset arrives together with them. */
const RESET_DELAY_MS = 20;

/**
 * Stands in for OpenRouter on 127.0.0.1: answers every request with exactly the bytes of a
 * recording, chunk by chunk, and ends as it did. What `answer` throws surfaces as unhandled.
 */
export function startSimulator(options: SimulatorOptions): Simulator {
  const requests: ReceivedRequest[] = [];
  const respond: Respond = (request) => {
    requests.push(request);
    const message = `No recording answers ${request.method} ${request.path}`;
    return options.answer(request) ?? errorResponse(404, message);
  };
  const { listener, peers } = listen(options.port ?? 0, respond, options.timed ?? false);
  return {
    url: `http://127.0.0.1:${listener.port}/api/v1`,
    requests,
    openConnections: () => peers.size,
    async stop() {
      listener.stop();
      const closing = [...peers];
      for (const peer of closing) {
        peer.data.closedBySimulator = true;
        peer.end();
      }
      await Promise.all(closing.map((peer) => peer.data.gone.promise));
    },
  };
}

function listen(port: number, respond: Respond, timed: boolean) {
  const peers = new Set<Peer>();
  const listener = Bun.listen<Connection>({
    hostname: "127.0.0.1",
    port,
    socket: {
      open(peer) {
        peer.setNoDelay(true);
        peer.data = newConnection();
        peers.add(peer);
      },
      data(peer, bytes) {
        peer.data.unread.push(bytes);
        return answerRequests(peer, respond, timed);
      },
      drain(peer) {
        peer.data.drained.resolve();
      },
      close(peer) {
        peers.delete(peer);
        peer.data.gone.resolve();
        if (!peer.data.closedBySimulator) peer.data.closedByPeer.resolve();
      },
    },
  });
  return { listener, peers };
}

function newConnection(): Connection {
  return {
    unread: [],
    needed: 1,
    busy: false,
    drained: Promise.withResolvers(),
    gone: Promise.withResolvers(),
    closedBySimulator: false,
    closedByPeer: Promise.withResolvers(),
  };
}

async function answerRequests(peer: Peer, respond: Respond, timed: boolean): Promise<void> {
  const connection = peer.data;
  if (connection.busy) return;
  connection.busy = true;
  while (isOpen(peer)) {
    const reading = nextReading(connection);
    if (reading.kind === "incomplete") break;
    // `shutdown` sends a FIN and leaves the closing to the peer; Bun's `end` closes at once.
    if (reading.kind === "malformed") {
      await send(peer, errorResponse(reading.status, "Not an HTTP/1.1 request"), "as is", timed);
      return peer.shutdown();
    }
    const request = { ...reading.request, closed: connection.closedByPeer.promise };
    const response = respond(request);
    await send(peer, response, framingOf(request.method, response), timed);
    if (closes(response.headers) || closes([...request.headers])) return peer.shutdown();
  }
  connection.busy = false;
}

function nextReading(connection: Connection): RequestReading {
  const available = connection.unread.reduce((sum, bytes) => sum + bytes.length, 0);
  if (available < connection.needed) return { kind: "incomplete", needed: connection.needed };
  const bytes = Buffer.concat(connection.unread);
  const reading = readRequest(bytes);
  connection.unread = [reading.kind === "request" ? bytes.subarray(reading.length) : bytes];
  connection.needed = reading.kind === "incomplete" ? reading.needed : 1;
  return reading;
}

function framingOf(method: string, { status, headers }: RecordedResponse): Framing {
  if (method === "HEAD" || status === 204 || status === 304) return "none";
  if (hasHeader(headers, "transfer-encoding")) return "chunked";
  return hasHeader(headers, "content-length") || closes(headers) ? "as is" : "chunked";
}

async function send(
  peer: Peer,
  response: RecordedResponse,
  framing: Framing,
  timed: boolean,
): Promise<void> {
  await write(peer, headBytes(response, framing));
  const start = performance.now();
  let gap = 0;
  for (const chunk of framing === "none" ? [] : response.chunks) {
    const untilRecordedTime = timed ? start + chunk.at - performance.now() : 0;
    await pause(peer, Math.max(gap, untilRecordedTime));
    await write(peer, framedChunk(chunkBytes(chunk), framing));
    gap = CHUNK_GAP_MS;
  }
  if (response.end === "reset") {
    await pause(peer, RESET_DELAY_MS);
    peer.data.closedBySimulator = isOpen(peer);
    peer.terminate();
  } else if (framing === "chunked") {
    await write(peer, Buffer.from("0\r\n\r\n"));
  }
}

function headBytes({ status, headers }: RecordedResponse, framing: Framing): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  if (framing === "chunked" && !hasHeader(headers, "transfer-encoding")) {
    lines.push("transfer-encoding: chunked\r\n");
  }
  const statusLine = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`;
  return Buffer.from(`${statusLine}${lines.join("")}\r\n`, "latin1");
}

function framedChunk(bytes: Uint8Array, framing: Framing): Uint8Array {
  // An HTTP chunk of no bytes would end the body.
  if (framing !== "chunked" || bytes.length === 0) return bytes;
  const size = Buffer.from(`${bytes.length.toString(16)}\r\n`);
  return Buffer.concat([size, bytes, Buffer.from("\r\n")]);
}

/** Comes back when the kernel has taken all bytes, or the connection is gone. */
async function write(peer: Peer, bytes: Uint8Array): Promise<void> {
  let rest = bytes;
  while (isOpen(peer) && rest.length > 0) {
    peer.data.drained = Promise.withResolvers();
    rest = rest.subarray(Math.max(0, peer.write(rest)));
    if (rest.length > 0) await Promise.race([peer.data.drained.promise, peer.data.gone.promise]);
  }
}

/** Comes back after the time, or earlier if the connection is gone. */
async function pause(peer: Peer, milliseconds: number): Promise<void> {
  if (milliseconds <= 0 || !isOpen(peer)) return;
  const elapsed = Promise.withResolvers<void>();
  const timer = setTimeout(elapsed.resolve, milliseconds);
  await Promise.race([elapsed.promise, peer.data.gone.promise]);
  clearTimeout(timer);
}

function isOpen(peer: Peer): boolean {
  return peer.readyState === 1;
}

function hasHeader(headers: RecordedResponse["headers"], wanted: string): boolean {
  return headers.some(([name]) => name.toLowerCase() === wanted);
}

function closes(headers: RecordedResponse["headers"]): boolean {
  return headers.some(
    ([name, value]) => name.toLowerCase() === "connection" && /\bclose\b/i.test(value),
  );
}

function errorResponse(code: number, message: string): RecordedResponse {
  return {
    status: code,
    headers: [["content-type", "application/json"]],
    chunks: [{ at: 0, text: JSON.stringify({ error: { code, message } }) }],
    end: "closed",
  };
}
