import { STATUS_CODES } from "node:http";
import type { Socket } from "bun";
import { chunkBytes, type Recording } from "../../recordings/recording.ts";

export type RecordedResponse = Recording["response"];

/** What a simulated upstream does: what was recorded, or worse. */
export interface SimulatedResponse extends RecordedResponse {
  /** How long the status line is kept back, in milliseconds. */
  delayMs?: number;
  /** Nothing is sent: the connection is reset in place of the status line. */
  isMute?: boolean;
  /** Whether chunks keep their times; where absent, the simulator's own choice holds. */
  timed?: boolean;
}

/** What is known of a connection to the simulator. */
export interface Connection {
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

/** The other side of a connection. */
export type Peer = Socket<Connection>;

/** How the end of a body is told: it has none, by length or closing, or by chunked coding. */
export type Framing = "none" | "as is" | "chunked";

/** With 0 chunks reach a reader merged; with 2 they do so only while no processor is free. */
const CHUNK_GAP_MS = 2;

/** Bun's fetch throws received bytes away when the end of the connection arrives with them. */
const END_DELAY_MS = 20;

/** The framing that a response to this method asks for. */
export function framingOf(method: string, { status, headers }: RecordedResponse): Framing {
  if (method === "HEAD" || status === 204 || status === 304) return "none";
  if (hasHeader(headers, "transfer-encoding")) return "chunked";
  return hasHeader(headers, "content-length") || closes(headers) ? "as is" : "chunked";
}

/** Sends a response. Comes back when the kernel has all of it, or the connection is gone. */
export async function sendResponse(
  peer: Peer,
  response: SimulatedResponse,
  framing: Framing,
  timed: boolean,
): Promise<void> {
  await pause(peer, response.delayMs ?? 0);
  if (response.isMute === true) return reset(peer);
  await write(peer, headBytes(response, framing));
  const start = performance.now();
  let gap = 0;
  for (const chunk of framing === "none" ? [] : response.chunks) {
    const untilRecordedTime = (response.timed ?? timed) ? start + chunk.at - performance.now() : 0;
    await pause(peer, Math.max(gap, untilRecordedTime));
    await write(peer, framedChunk(chunkBytes(chunk), framing));
    gap = CHUNK_GAP_MS;
  }
  await endBody(peer, response.end, framing);
}

/** Ends a response as it was recorded. A silence lasts until the other side leaves. */
async function endBody(peer: Peer, end: RecordedResponse["end"], framing: Framing): Promise<void> {
  switch (end) {
    case "closed":
      if (framing === "chunked") await write(peer, Buffer.from("0\r\n\r\n"));
      return;
    case "silent":
      return peer.data.gone.promise;
    case "truncated":
      await pause(peer, END_DELAY_MS);
      peer.data.closedBySimulator = isOpen(peer);
      peer.end();
      return;
    case "reset":
      await pause(peer, END_DELAY_MS);
      reset(peer);
  }
}

/** Whether these header fields say that the connection ends with the message. */
export function closes(headers: RecordedResponse["headers"]): boolean {
  return headers.some(
    ([name, value]) => name.toLowerCase() === "connection" && /\bclose\b/i.test(value),
  );
}

/** Whether the connection still stands. */
export function isOpen(peer: Peer): boolean {
  return peer.readyState === 1;
}

/** An error as OpenRouter words one that has a status of its own. */
export function errorResponse(code: number, message: string): RecordedResponse {
  return {
    status: code,
    headers: [["content-type", "application/json"]],
    chunks: [{ at: 0, text: JSON.stringify({ error: { code, message } }) }],
    end: "closed",
  };
}

function reset(peer: Peer): void {
  peer.data.closedBySimulator = isOpen(peer);
  peer.terminate();
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

function hasHeader(headers: RecordedResponse["headers"], wanted: string): boolean {
  return headers.some(([name]) => name.toLowerCase() === wanted);
}
