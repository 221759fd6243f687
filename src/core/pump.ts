import type { Body, NextChunk } from "./body.ts";
import { Deadline } from "./deadline.ts";
import {
  cutFault,
  type Fault,
  isBreak,
  shutdownFault,
  silenceFault,
  timeoutFault,
} from "./fault.ts";
import { CLIENT_STALLED, SHUTDOWN } from "./give-up.ts";
import { KEEP_ALIVE } from "./keep-alive.ts";
import type { Ending, Observe, Place } from "./steps.ts";
import type { StreamEnding, StreamReading } from "./stream-judge.ts";

/** What a pump does with the chunks that it reads: a `StreamJudge`, or `RAW`. */
export interface Source {
  feed(chunk: Uint8Array): StreamReading;
  /** The body came to its end, or broke off with a fault. Always gives an ending. */
  end(interruption?: Fault): StreamReading;
  /** Where the last event stands that was read. */
  place: Place | undefined;
  /** How many comments came. */
  comments: number;
  /** Whether the answer is complete, so that only its tail is waited for. */
  isWhole: boolean;
}

/**
 * A body that no verdict is made on: audio, images. It has no place for an error in band, so that a
 * failure can only break the connection off.
 */
export const RAW: Source = {
  feed: (chunk) => ({ bytes: [chunk], ending: undefined, isAlive: true }),
  end: (fault) => ({ bytes: [], ending: rawEnding(fault), isAlive: true }),
  place: undefined,
  comments: 0,
  isWhole: false,
};

/** Which failed streams break off behind their error event: those that upstream broke, all, none. */
export type BreakPolicy = "as-upstream" | "failed" | "never";

/** Since when a stream waits for its client: one that does not read is let go where memory is short. */
export interface ClientTurn {
  /** Since when the client has not asked for more, by `performance.now()`; infinite where it has. */
  since: number;
}

/** What a pump passes on, to whom, and within which limits, in milliseconds. */
export interface Flow {
  body: Body;
  source: Source;
  /** What was read before. */
  begun: Pick<StreamReading, "bytes" | "ending"> & { silentMs: number };
  /** Aborted when the exchange is given up. */
  signal: AbortSignal;
  /** The longest silence of upstream, while the client waits for more. */
  idleTimeoutMs: number;
  /** The longest silence behind a whole answer, whose usage may follow. */
  tailMs: number;
  /** How long upstream may be waited for in all. */
  wholeMs: number;
  /** How long a client may leave what it was given unread. */
  stallTimeoutMs: number;
  /** Where upstream sends comments: how long the client may get nothing before a blank line. */
  keepAliveMs: number;
  /** Is told whose turn it is. */
  turn: ClientTurn;
  breakStreams: BreakPolicy;
  /**
   * Breaks the client's connection off once all has arrived; undefined where only an error of the
   * stream can, which comes once the last bytes have been read.
   */
  breakOff: (() => void) | undefined;
  observe: Observe;
  /** Reports a failure, and gives it as one or two events of the stream. */
  tell: (fault: Fault, place: Place | undefined) => Uint8Array;
}

/** The most that is handed over at a time: by asking for the next piece, a client shows it reads. */
const PIECE_BYTES = 64 * 1024;

/**
 * Passes a committed answer on as it comes, at the client's pace, and ends it truthfully: a failure
 * becomes an error event, after which nothing comes, `[DONE]` least of all.
 */
export function pump(flow: Flow): ReadableStream<Uint8Array> {
  return new Pump(flow).stream;
}

class Pump {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #flow: Flow;
  readonly #deadline = new Deadline();
  /** What was read, and not yet handed over. */
  readonly #outbox: Uint8Array[] = [];
  #client: ReadableStreamDefaultController<Uint8Array> | undefined;
  #ending: StreamEnding | undefined;
  #idleLeftMs: number;
  #wholeLeftMs: number;
  #comments: number;
  /** When upstream was last asked for more, and when something went out last, in the readings of `performance.now()`. */
  #askedAt = 0;
  #sentAt = 0;
  /** What the client's stream fails with at its next read. */
  #lateError: Error | undefined;
  #isOver = false;

  constructor(flow: Flow) {
    this.#flow = flow;
    this.#idleLeftMs = flow.idleTimeoutMs - flow.begun.silentMs;
    this.#wholeLeftMs = flow.wholeMs;
    this.#comments = flow.source.comments;
    flow.signal.addEventListener("abort", () => this.#giveUp());
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (client) => this.#start(client),
        pull: () => this.#pull(),
        cancel: () => this.#leave("client-left"),
      },
      // Nothing is read ahead of the client.
      { highWaterMark: 0 },
    );
  }

  #start(client: ReadableStreamDefaultController<Uint8Array>): void {
    this.#client = client;
    this.#accept(this.#flow.begun);
    this.#handOver();
  }

  async #pull(): Promise<void> {
    if (this.#lateError !== undefined) return this.#client?.error(this.#lateError);
    try {
      while (!this.#isOver && this.#outbox.length === 0 && this.#ending === undefined) {
        this.#watchUpstream();
        let next: NextChunk | undefined;
        try {
          next = await this.#flow.body.nextSlice();
        } catch {
          // The body broke off.
        }
        if (this.#isOver) return;
        this.#take(next);
      }
      if (!this.#isOver) this.#handOver();
    } catch (bug) {
      this.#fail(bug);
    }
  }

  /** Takes what was read, nothing where the body broke off. Only whole events prolong the wait. */
  #take(next: NextChunk | undefined): void {
    const { source, idleTimeoutMs } = this.#flow;
    const isLimited = this.#wholeLeftMs !== Number.POSITIVE_INFINITY;
    if (isLimited) this.#wholeLeftMs -= performance.now() - this.#askedAt;
    if (next === undefined) return this.#accept(source.end(cutFault()));
    const reading = next.value === undefined ? source.end() : source.feed(next.value);
    this.#idleLeftMs = reading.isAlive
      ? idleTimeoutMs
      : this.#deadline.expiresAt - performance.now();
    this.#accept(reading);
    this.#keepAlive();
  }

  /** Queues what was read, and the error event of a failure: upstream is free from then on. */
  #accept(reading: Pick<StreamReading, "bytes" | "ending">): void {
    for (const bytes of reading.bytes) queue(this.#outbox, bytes);
    const { ending } = reading;
    this.#ending = ending;
    if (ending === undefined) return;
    const { body, observe, source, tell } = this.#flow;
    if (ending.kind === "whole") {
      observe({ kind: "finished", place: source.place, isDoneAdded: ending.isDoneAdded });
      return ending.isTailLost ? body.cancel() : body.drop();
    }
    body.cancel();
    const events = tell(ending.fault, source.place);
    // Behind half an event no error event would be read: only a broken connection tells.
    if (!ending.midEvent) this.#outbox.push(events);
  }

  /** Sends a blank line where upstream sent only comments for `keepAliveMs`. */
  #keepAlive(): void {
    const { comments } = this.#flow.source;
    if (comments === this.#comments) return;
    this.#comments = comments;
    const isDry = this.#outbox.length === 0 && this.#ending === undefined;
    const isLong = performance.now() - this.#sentAt >= this.#flow.keepAliveMs;
    if (isDry && isLong) this.#outbox.push(KEEP_ALIVE);
  }

  /** Hands over as much as one piece, and with the last of it the end. */
  #handOver(most = PIECE_BYTES): void {
    let size = 0;
    while (size < most) {
      const bytes = this.#outbox.shift();
      if (bytes === undefined) break;
      this.#client?.enqueue(bytes);
      size += bytes.length;
    }
    if (size > 0) this.#flow.observe({ kind: "relayed", bytes: size });
    if (this.#outbox.length > 0 || this.#ending === undefined) return this.#watchClient();
    this.#end(this.#ending);
  }

  #end(ending: StreamEnding): void {
    if (ending.kind === "whole") {
      this.#client?.close();
      return this.#conclude(ending.isTailLost ? "tail-lost" : "whole");
    }
    const { breakStreams } = this.#flow;
    const isBroken =
      breakStreams === "failed" || (breakStreams === "as-upstream" && isBreak(ending.fault));
    if (ending.midEvent) this.#client?.error(new Error(ending.fault.sentence));
    else if (isBroken) this.#breakOff(ending.fault);
    else this.#client?.close();
    this.#conclude(ending.midEvent || isBroken ? "broken-off" : "failed");
  }

  /**
   * Ends the client's stream without a clean end, but not at once: that would throw away what the
   * client has not read yet, including the error event.
   */
  #breakOff(fault: Fault): void {
    const { breakOff } = this.#flow;
    if (breakOff === undefined) this.#lateError = new Error(fault.sentence);
    else breakOff();
  }

  #conclude(ending: Ending): void {
    this.#isOver = true;
    this.#flow.turn.since = Number.POSITIVE_INFINITY;
    this.#deadline.clear();
    this.#flow.observe({ kind: "ended", ending });
  }

  /** Until the next chunk, it is upstream's turn. */
  #watchUpstream(): void {
    const { idleTimeoutMs, tailMs, wholeMs, source, turn } = this.#flow;
    turn.since = Number.POSITIVE_INFINITY;
    const idleMs = source.isWhole ? Math.min(this.#idleLeftMs, tailMs) : this.#idleLeftMs;
    const isIdleFirst = idleMs <= this.#wholeLeftMs;
    const waitMs = Math.min(idleMs, this.#wholeLeftMs);
    this.#deadline.set(waitMs, () =>
      this.#interrupt(isIdleFirst ? silenceFault(idleTimeoutMs) : timeoutFault(wholeMs)),
    );
    this.#askedAt = this.#deadline.expiresAt - waitMs;
  }

  /** From here until the next pull, it is the client's turn to read. */
  #watchClient(): void {
    this.#deadline.set(this.#flow.stallTimeoutMs, () => this.#letGo());
    this.#sentAt = this.#deadline.expiresAt - this.#flow.stallTimeoutMs;
    this.#flow.turn.since = this.#sentAt;
  }

  /** Ends the answer with a fault at once, with all that is still to be handed over. */
  #interrupt(fault: Fault): void {
    if (this.#isOver) return;
    try {
      if (this.#ending === undefined) this.#accept(this.#flow.source.end(fault));
      this.#handOver(Number.POSITIVE_INFINITY);
    } catch (bug) {
      this.#fail(bug);
    }
  }

  #giveUp(): void {
    const { reason } = this.#flow.signal;
    if (reason === SHUTDOWN) return this.#interrupt(shutdownFault());
    if (reason === CLIENT_STALLED) return this.#letGo();
    if (!this.#isOver) this.#client?.error(reason);
    this.#leave("client-left");
  }

  /** Lets go of a client that does not read. */
  #letGo(): void {
    if (!this.#isOver) this.#client?.error(new Error("The client stopped reading."));
    this.#leave("client-stalled");
  }

  /** After a bug nothing can be vouched for, not even an error event: the connection breaks off. */
  #fail(bug: unknown): void {
    if (this.#isOver) return;
    this.#flow.observe({ kind: "bug", error: bug });
    this.#client?.error(new Error("bug"));
    this.#leave("bug");
  }

  #leave(ending: Ending): void {
    if (this.#isOver) return;
    const { body, source } = this.#flow;
    body.cancel();
    // A client that was handed the end of the answer before it left has all of it.
    const hasAll = source.isWhole && this.#outbox.length === 0;
    this.#conclude(ending === "client-left" && hasAll ? "whole" : ending);
  }
}

function rawEnding(fault: Fault | undefined): StreamEnding {
  if (fault !== undefined) return { kind: "failed", fault, midEvent: true };
  return { kind: "whole", isDoneAdded: false, isTailLost: false };
}

/** Queues bytes in pieces that are small enough to be handed over at once. */
function queue(outbox: Uint8Array[], bytes: Uint8Array): void {
  if (bytes.length <= PIECE_BYTES) return void outbox.push(bytes);
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    outbox.push(bytes.subarray(start, start + PIECE_BYTES));
  }
}
