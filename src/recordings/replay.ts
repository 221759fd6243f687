import { chunkBytes, type Recording } from "./recording.ts";

/** The statuses whose answers have no body (Fetch, "null body status"). */
export const BODILESS = new Set([204, 205, 304]);

/** The response of a recording as `fetch` gives it: chunk by chunk, decoded, its end included. */
export function replayedResponse({
  status,
  headers,
  chunks,
  end,
}: Recording["response"]): Response {
  if (BODILESS.has(status)) return new Response(null, { status, headers });
  const upcoming = chunks.values();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const { value, done } = upcoming.next();
      if (!done) controller.enqueue(new Uint8Array(chunkBytes(value)));
      else if (end === "closed") controller.close();
      else controller.error(new Error("the recorded connection was reset"));
    },
  });
  const isCompressed = new Headers(headers).get("content-encoding") === "gzip";
  const decoded = isCompressed ? body.pipeThrough(new DecompressionStream("gzip")) : body;
  return new Response(decoded, { status, headers });
}
