import type { Body } from "./body.ts";
import type { Deadline } from "./deadline.ts";

/** What passes a body on to a client, and the limits under which that happens. */
export interface Outlet {
  body: Body;
  deadline: Deadline;
  /** The longest silence of upstream, while the client waits for more. */
  idleTimeoutMs: number;
  /** How long a client may leave what it was given unread. */
  stallTimeoutMs: number;
  /** Called once, when nothing more is sent. */
  onEnd: (bytesSent: number, rule: string | undefined) => void;
}

/**
 * Passes a body on that no verdict is made on: audio, images. It has no place for an error in
 * band, so where upstream breaks off, so does the client's connection.
 */
export function relayBytes(outlet: Outlet): ReadableStream<Uint8Array> {
  const { body, deadline } = outlet;
  let bytesSent = 0;
  let hasEnded = false;

  function end(rule?: string): void {
    if (hasEnded) return;
    hasEnded = true;
    deadline.clear();
    body.cancel();
    outlet.onEnd(bytesSent, rule);
  }
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const breakOff = (rule: string) => {
          controller.error(new Error(rule));
          end(rule);
        };
        deadline.set(outlet.idleTimeoutMs, () => breakOff("silence"));
        try {
          const { value: chunk } = await body.next();
          if (hasEnded) return;
          if (chunk === undefined) {
            controller.close();
            return end();
          }
          bytesSent += chunk.length;
          controller.enqueue(chunk);
          deadline.set(outlet.stallTimeoutMs, () => breakOff("client-stalled"));
        } catch {
          if (!hasEnded) breakOff("cut");
        }
      },
      cancel: () => end("client-gone"),
    },
    { highWaterMark: 0 },
  );
}
