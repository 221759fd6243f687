import { chunkBytes } from "../../recordings/recording.ts";
import type { RecordedResponse } from "../simulate/simulated-response.ts";

type Chunk = RecordedResponse["chunks"][number];

/** How many pieces a plain answer is cut into, where a stream has its events. */
const PLAIN_PIECES = 8;

/** An answer without its comments, a chunk for each event, or for each piece of a plain body. */
export function inPieces(recorded: RecordedResponse, isStream: boolean): RecordedResponse {
  const body = wholeBody(recorded);
  const headers = recorded.headers.filter(([name]) => name.toLowerCase() === "content-type");
  if (isStream) {
    const blocks = body.toString().split(/(?<=\n\n)/);
    const events = blocks.filter((block) => !block.startsWith(":"));
    return { ...recorded, headers, chunks: events.map((text) => ({ at: 0, text })) };
  }
  const size = Math.ceil(body.length / PLAIN_PIECES);
  const chunks = Array.from({ length: PLAIN_PIECES }, (_, index) => ({
    at: 0,
    base64: body.subarray(index * size, (index + 1) * size).toBase64(),
  }));
  return { ...recorded, headers, chunks };
}

/** The first chunks of an answer: so many, but never the last, so that it is not whole. */
export function beginning({ chunks }: RecordedResponse, count: number): Chunk[] {
  return chunks.slice(0, Math.min(count, chunks.length - 1));
}

/** The bytes of an answer's body. */
export function wholeBody({ chunks }: RecordedResponse): Buffer<ArrayBuffer> {
  return Buffer.concat(chunks.map(chunkBytes));
}

/** An error as OpenRouter says it where a status is out already. */
export function errorChunk(code: number, message: string, isStream: boolean): Chunk {
  const text = JSON.stringify({ error: { code, message } });
  return { at: 0, text: isStream ? `data: ${text}\n\n` : text };
}
