import type { ExchangeRecord, RecordSink } from "../../observe/record.ts";
import type { Proxy } from "../../proxy/proxy.ts";

/** How clients of a server whose place others have taken are led to those. */
export interface Handover {
  /** Counts what is open. */
  sink: RecordSink;
  /** The same proxy, whose answers close their connections once the handover has begun. */
  around(proxy: Proxy): Proxy;
  /**
   * Begins it. Resolves when no client needs its connection any more: a request that comes on a kept
   * connection just when the server closes it is lost.
   */
  begin(): Promise<void>;
}

/** How long a client may take to come again, on a connection that was not told to close. */
const PAUSE_MS = 1000;

/** Creates a handover, which has not begun. */
export function createHandover(pauseMs = PAUSE_MS): Handover {
  const open = new Set<ExchangeRecord>();
  /** What was open at the beginning: its answer may have begun without the field. */
  let awaited: Set<ExchangeRecord> | undefined;
  const answered = Promise.withResolvers<void>();

  function close(response: Response): Response {
    if (awaited !== undefined) response.headers.set("connection", "close");
    return response;
  }
  return {
    sink: {
      begin: (record) => void open.add(record),
      end(record) {
        open.delete(record);
        if (awaited?.delete(record) === true && awaited.size === 0) answered.resolve();
      },
    },
    around: (proxy) => ({
      ...proxy,
      answer: async (...asked) => close(await proxy.answer(...asked)),
      turnDown: async (...asked) => close(await proxy.turnDown(...asked)),
      guard: (request, response) => close(proxy.guard(request, response)),
    }),
    async begin() {
      awaited = new Set(open);
      if (awaited.size === 0) answered.resolve();
      await answered.promise;
      await Bun.sleep(pauseMs);
    },
  };
}

/** Whether Linux hands what waits at a listener that closes to another one of the same port. */
export async function canHandOver(file = "/proc/sys/net/ipv4/tcp_migrate_req"): Promise<boolean> {
  return Bun.file(file)
    .text()
    .then((text) => text.trim() === "1")
    .catch(() => false);
}
