import { chunkBytes, type Recording } from "./recording.ts";

/** The statuses whose answers have no body (Fetch, "null body status"). */
export const BODILESS = new Set([204, 205, 304]);

/** What a reader waits for behind the last chunk of a body that goes silent. */
const never = new Promise<void>(() => {});

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
      else if (end === "silent") return never;
      else controller.error(new Error(`the recorded connection was ${end}`));
      return undefined;
    },
  });
  const isCompressed = new Headers(headers).get("content-encoding") === "gzip";
  const decoded = isCompressed ? body.pipeThrough(new DecompressionStream("gzip")) : body;
  return new Response(decoded, { status, headers });
}
