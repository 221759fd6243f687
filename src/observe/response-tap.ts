import type { RawResponse } from "./recording-redaction.ts";

/** Statuses whose answers have no body, and those that a `Response` cannot be made with. */
const BODILESS = new Set([204, 205, 304]);

/** How many bytes may be kept of all responses together. */
export interface ByteBudget {
  left: number;
}

/** A response that goes on as it is, and what has been read of it so far. */
export interface Tapped {
  response: Response;
  raw: RawResponse;
  /** Set once there was more than may be kept: what is kept is then no whole recording. */
  isTooLarge: () => boolean;
  /** Gives back what is kept. */
  forget: () => void;
}

/** Copies what is read of a response, as far as it may; nothing is read that nobody asks for. */
export function tapResponse(upstream: Response, mostBytes: number, budget: ByteBudget): Tapped {
  const { body, status, headers } = upstream;
  const raw: RawResponse = { status, headers: [...headers], chunks: [], end: "closed" };
  const copy = createCopy(raw, mostBytes, budget);
  const cannotBeMade = status < 200 || status > 599 || BODILESS.has(status);
  if (body === null || cannotBeMade) return { response: upstream, raw, ...copy };
  const reader = body.getReader();
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const { value, done } = await reader.read();
          if (done) return controller.close();
          copy.add(value);
          controller.enqueue(value);
        } catch (error) {
          raw.end = "reset";
          controller.error(error);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return { response: new Response(stream, { status, headers }), raw, ...copy };
}

/** Keeps chunks, until there are too many bytes of them: then none. */
function createCopy(raw: RawResponse, mostBytes: number, budget: ByteBudget) {
  const startedAt = performance.now();
  let kept = 0;
  let isTooLarge = false;
  function forget(): void {
    budget.left += kept;
    kept = 0;
    raw.chunks = [];
    isTooLarge = true;
  }
  return {
    add(bytes: Uint8Array): void {
      if (isTooLarge) return;
      if (kept + bytes.length > mostBytes || bytes.length > budget.left) return forget();
      kept += bytes.length;
      budget.left -= bytes.length;
      raw.chunks.push({ at: Math.round(performance.now() - startedAt), bytes: bytes.slice() });
    },
    isTooLarge: () => isTooLarge,
    forget,
  };
}
