import type { ExchangeRecord, RecordSink } from "../observe/record.ts";

/** How a server that is about to stop waits until its clients have been led to others. */
export interface Handover {
  /** Counts what is open. */
  sink: RecordSink;
  /** Begins it: the caller has seen to it that answers close their connections from now on. */
  begin(): void;
  /** Resolves when all that was open at the beginning has ended. */
  answered: Promise<void>;
  /**
   * Resolves when no connection is in use whose client was not told to close it: a request that
   * comes on a kept connection just when the server closes it is lost.
   */
  rested(): Promise<void>;
}

/** How long after an answer a connection is in use: its client may be about to ask again. */
const PAUSE_MS = 1000;

/** Creates a handover, which has not begun. */
export function createHandover(pauseMs = PAUSE_MS): Handover {
  /** How many are open that came before the beginning: their clients may keep their connections. */
  let awaited = 0;
  /** What came since the beginning, and is open; undefined before it. */
  let late: Set<ExchangeRecord> | undefined;
  const answered = Promise.withResolvers<void>();
  /** When the last answer ended whose connection stays open. */
  let keptAt = Number.NEGATIVE_INFINITY;

  return {
    sink: {
      begin(record) {
        if (late === undefined) awaited += 1;
        else late.add(record);
      },
      end(record) {
        if (late?.delete(record)) return;
        awaited -= 1;
        keptAt = performance.now();
        if (late !== undefined && awaited === 0) answered.resolve();
      },
    },
    begin() {
      late ??= new Set();
      if (awaited === 0) answered.resolve();
    },
    answered: answered.promise,
    async rested() {
      for (;;) {
        const restMs = keptAt + pauseMs - performance.now();
        if (restMs <= 0) return;
        await Bun.sleep(restMs);
      }
    },
  };
}
