import type { Outlet, Relay } from "./outlet.ts";

/**
 * Passes a body on that no verdict is made on: audio, images. It has no place for an error in
 * band, so where upstream breaks off, or the server stops, so does the client's connection.
 */
export function relayBytes(outlet: Outlet): Relay {
  const { body, deadline } = outlet;
  let bytesSent = 0;
  let isOver = false;
  let client: ReadableStreamDefaultController<Uint8Array> | undefined;

  function end(rule?: string): void {
    if (isOver) return;
    isOver = true;
    deadline.clear();
    body.cancel();
    outlet.onEnd(bytesSent, rule);
  }

  function breakOff(rule: string): void {
    if (isOver) return;
    client?.error(new Error(rule));
    end(rule);
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        client = controller;
      },
      async pull(controller) {
        deadline.set(outlet.idleTimeoutMs, () => breakOff("silence"));
        try {
          const { value: chunk } = await body.next();
          if (isOver) return;
          if (chunk === undefined) {
            controller.close();
            return end();
          }
          bytesSent += chunk.length;
          controller.enqueue(chunk);
          deadline.set(outlet.stallTimeoutMs, () => breakOff("client-stalled"));
        } catch {
          breakOff("cut");
        }
      },
      cancel: () => end("client-gone"),
    },
    // Nothing is read ahead of the client.
    { highWaterMark: 0 },
  );
  return {
    stream,
    giveUp: ({ kind }) => (kind === "client-gone" ? end(kind) : breakOff(kind)),
  };
}
