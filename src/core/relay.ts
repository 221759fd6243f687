import type { NextChunk } from "./body.ts";
import type { Held } from "./hold.ts";
import type { Outlet, Relay } from "./outlet.ts";
import { cutFault, type Fault, shutdownFault, silenceFault } from "./fault.ts";
import type { StreamEnding, StreamJudge, StreamReading } from "./stream-judge.ts";

/** A stream whose status line is written. */
export interface Committed extends Outlet {
  held: Extract<Held, { kind: "relay" }>;
  judge: StreamJudge;
  /** A fault as one event of the stream. */
  errorEvent: (fault: Fault) => string;
  /** Takes down what should never be thrown. */
  onBug: (bug: unknown) => void;
}

/** The most that is handed over at a time: a slow client shows that it reads by asking for more. */
const PIECE_BYTES = 64 * 1024;

/**
 * Passes a stream on as it comes, at the pace at which the client reads, and ends it truthfully: a
 * failure becomes one error event, after which nothing comes, `[DONE]` least of all.
 */
export function relayStream(committed: Committed): Relay {
  const { held, body, judge, deadline } = committed;
  /** What was judged, and not yet handed over. */
  const outbox: Uint8Array[] = [];
  let idleLeftMs = committed.idleTimeoutMs - held.silentMs;
  let bytesSent = 0;
  let ending: StreamEnding | undefined;
  let isOver = false;
  let client: ReadableStreamDefaultController<Uint8Array> | undefined;

  /** Takes what was read, and how the stream ended if it did: upstream is free from then on. */
  function accept(reading: Pick<StreamReading, "bytes" | "ending">): void {
    for (const bytes of reading.bytes) {
      if (bytes.length <= PIECE_BYTES) outbox.push(bytes);
      else outbox.push(...inPieces(bytes));
    }
    ending = reading.ending;
    if (ending === undefined) return;
    if (ending.kind === "whole") return body.drop();
    body.cancel();
    if (ending.midEvent) return;
    outbox.push(new TextEncoder().encode(committed.errorEvent(ending.fault)));
  }

  /** Hands over as much as one piece, and with the last of it the end. */
  function handOver(most = PIECE_BYTES): void {
    let size = 0;
    while (size < most) {
      const bytes = outbox.shift();
      if (bytes === undefined) break;
      client?.enqueue(bytes);
      size += bytes.length;
    }
    bytesSent += size;
    if (outbox.length > 0 || ending === undefined) return watchClient();
    // Behind half an event no error event would be read: only a broken connection tells.
    if (ending.kind === "failed" && ending.midEvent)
      client?.error(new Error(ending.fault.sentence));
    else client?.close();
    conclude(ending.kind === "failed" ? ending.fault.rule : undefined);
  }

  function conclude(rule: string | undefined): void {
    isOver = true;
    deadline.clear();
    committed.onEnd(bytesSent, rule);
  }

  /** From here until the next pull, it is the client's turn to read. */
  function watchClient(): void {
    deadline.set(committed.stallTimeoutMs, endStalled);
  }

  function endStalled(): void {
    client?.error(new Error("The client stopped reading."));
    leave("client-stalled");
  }

  function endSilent(): void {
    interrupt(silenceFault(committed.idleTimeoutMs));
  }

  function leave(rule: string): void {
    if (isOver) return;
    body.cancel();
    conclude(rule);
  }

  function interrupt(fault: Fault): void {
    if (isOver) return;
    try {
      if (ending === undefined) accept(judge.end(fault));
      handOver(Number.POSITIVE_INFINITY);
    } catch (bug) {
      breakOff(bug);
    }
  }

  /** After a bug nothing can be vouched for, not even an error event: the connection breaks off. */
  function breakOff(bug: unknown): void {
    committed.onBug(bug);
    client?.error(new Error("bug"));
    leave("bug");
  }

  function isDry(): boolean {
    return outbox.length === 0 && ending === undefined;
  }

  /** Takes what was read. Comments alone do not prolong the wait. */
  function take(chunk: Uint8Array | undefined): void {
    const reading = chunk === undefined ? judge.end() : judge.feed(chunk);
    idleLeftMs = reading.isAlive ? committed.idleTimeoutMs : deadline.expiresAt - performance.now();
    accept(reading);
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        client = controller;
        accept(held);
        handOver();
      },
      async pull() {
        try {
          while (isDry()) {
            deadline.set(idleLeftMs, endSilent);
            let next: NextChunk;
            try {
              next = await body.next();
            } catch {
              return interrupt(cutFault());
            }
            if (isOver) return;
            take(next.value);
          }
          handOver();
        } catch (bug) {
          breakOff(bug);
        }
      },
      cancel: () => leave("client-gone"),
    },
    // Nothing is read ahead of the client.
    { highWaterMark: 0 },
  );
  return {
    stream,
    giveUp: ({ kind }) => (kind === "client-gone" ? leave(kind) : interrupt(shutdownFault())),
  };
}

function inPieces(bytes: Uint8Array): Uint8Array[] {
  const count = Math.ceil(bytes.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES),
  );
}
