import type { Outlet, Relay } from "./outlet.ts";

/**
 * Passes a body on that no verdict is made on: audio, images. It has no place for an error in
 * band, so where upstream breaks off, or is waited for longer than `limitMs` in all, or the server
 * stops, so does the client's connection.
 */
export function relayBytes(outlet: Outlet, limitMs: number): Relay {
  const { body, deadline } = outlet;
  let leftMs = limitMs;
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

  function watchUpstream(): void {
    if (leftMs < outlet.idleTimeoutMs) deadline.set(leftMs, () => breakOff("upstream-timeout"));
    else deadline.set(outlet.idleTimeoutMs, () => breakOff("silence"));
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        client = controller;
      },
      async pull(controller) {
        const startedAt = performance.now();
        watchUpstream();
        try {
          const { value: chunk } = await body.next();
          if (isOver) return;
          leftMs -= performance.now() - startedAt;
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
