import type { Held } from "./hold.ts";
import type { Outlet } from "./relay-bytes.ts";
import type { Failure } from "./wire/failure.ts";
import { cutFault, type Fault, shutdownFault, silenceFault } from "./wire/fault.ts";
import type { StreamEnding, StreamJudge, StreamReading } from "./wire/stream-judge.ts";

/** A stream whose status line is written. */
export interface Committed extends Outlet {
  held: Extract<Held, { kind: "relay" }>;
  judge: StreamJudge;
  /** A fault as one event of the stream. */
  errorEvent: (fault: Fault) => string;
}

/** The body of a committed stream, and the way to end it before its time. */
export interface Relay {
  stream: ReadableStream<Uint8Array>;
  /** Ends the stream; a client that is still there learns it from an error event. */
  giveUp: (failure: Failure) => void;
}

/**
 * Passes a stream on as it comes, at the pace at which the client reads, and ends it truthfully: a
 * failure becomes one error event, after which nothing comes, `[DONE]` least of all.
 */
export function relayStream(committed: Committed): Relay {
  const { held, body, judge, deadline } = committed;
  let next = held.next;
  let idleLeftMs = committed.idleTimeoutMs;
  let bytesSent = 0;
  let hasEnded = false;
  let sink: ReadableStreamDefaultController<Uint8Array> | undefined;

  function end(rule?: string): void {
    hasEnded = true;
    deadline.dispose();
    if (rule === undefined) body.drop();
    else body.cancel();
    committed.onEnd(bytesSent, rule);
  }

  function send(bytes: Uint8Array): void {
    bytesSent += bytes.length;
    sink?.enqueue(bytes);
  }

  /** Sends what was read, and, where it was the last of it, how it ended. */
  function deliver({ bytes, ending }: Pick<StreamReading, "bytes" | "ending">): void {
    for (const chunk of bytes) send(chunk);
    if (ending !== undefined) finish(ending);
  }

  function finish(ending: StreamEnding): void {
    if (ending.kind === "whole") {
      sink?.close();
      return end();
    }
    const { fault, midEvent } = ending;
    if (midEvent) {
      // Behind half an event no error event would be read: only a broken connection tells.
      sink?.error(new Error(fault.sentence));
    } else {
      send(new TextEncoder().encode(committed.errorEvent(fault)));
      sink?.close();
    }
    end(fault.rule);
  }

  function interrupt(fault: Fault): void {
    if (!hasEnded) deliver(judge.end(fault));
  }

  function leave(): void {
    if (!hasEnded) end("client-gone");
  }

  /** Reads on until there is something to send. Comments alone do not prolong the wait. */
  async function readOn(): Promise<void> {
    for (;;) {
      const startedAt = performance.now();
      deadline.set(idleLeftMs, () => interrupt(silenceFault(committed.idleTimeoutMs)));
      const chunk = await (next ?? body.next());
      next = undefined;
      if (hasEnded) return;
      const reading = chunk === undefined ? judge.end() : judge.feed(chunk);
      if (reading.isAlive) idleLeftMs = committed.idleTimeoutMs;
      else idleLeftMs -= performance.now() - startedAt;
      deliver(reading);
      if (hasEnded || reading.bytes.length > 0) return;
    }
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        sink = controller;
        deliver(held);
        watchClient();
      },
      async pull() {
        try {
          await readOn();
        } catch {
          interrupt(cutFault());
        }
        watchClient();
      },
      cancel: leave,
    },
    // Nothing is read ahead of the client.
    { highWaterMark: 0 },
  );

  /** From here until the next pull, it is the client's turn to read. */
  function watchClient(): void {
    if (hasEnded) return;
    deadline.set(committed.stallTimeoutMs, () => {
      sink?.error(new Error("The client stopped reading."));
      end("client-stalled");
    });
  }
  return {
    stream,
    giveUp: ({ kind }) => (kind === "client-gone" ? leave() : interrupt(shutdownFault())),
  };
}
