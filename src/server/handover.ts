import type { ExchangeRecord, RecordSink } from "../observe/record.ts";
import type { Proxy } from "../proxy/proxy.ts";

/** How clients of a server that is about to stop are led away from their connections. */
export interface Handover {
  /** Counts what is open. */
  sink: RecordSink;
  /** The same proxy, whose answers close their connections once the handover has begun. */
  around(proxy: Proxy): Proxy;
  /** Begins it; a second call changes nothing. */
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
  const open = new Set<ExchangeRecord>();
  /** What was open at the beginning: its answer may have begun without the field. */
  let awaited: Set<ExchangeRecord> | undefined;
  const answered = Promise.withResolvers<void>();
  /** When the last answer ended whose connection stays open. */
  let keptAt = Number.NEGATIVE_INFINITY;

  function close(response: Response): Response {
    if (awaited !== undefined) response.headers.set("connection", "close");
    return response;
  }
  return {
    sink: {
      begin: (record) => void open.add(record),
      end(record) {
        open.delete(record);
        const isAwaited = awaited?.delete(record) ?? true;
        if (isAwaited) keptAt = performance.now();
        if (awaited?.size === 0) answered.resolve();
      },
    },
    around: (proxy) => ({
      ...proxy,
      answer: (...asked) => proxy.answer(...asked).then(close),
      turnDown: (...asked) => proxy.turnDown(...asked).then(close),
      guard: (request, response) => close(proxy.guard(request, response)),
    }),
    begin() {
      awaited ??= new Set(open);
      if (awaited.size === 0) answered.resolve();
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
