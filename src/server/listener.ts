import type { Log } from "../observe/log.ts";

/** What a listener uses of Bun's server. */
export interface Server {
  url: URL;
  port?: number | undefined;
  /** Closes connections that wait for another request; gives their number. */
  closeIdleConnections(): number;
  /** Listens no more; resolves when no connection is left. */
  stop(isAbrupt?: boolean): Promise<void>;
}

/** What a listener is made of. */
export interface ListenerParts {
  /** Starts a server on a port. Throws where it cannot be had. */
  listen: (port: number) => Server;
  port: number;
  /** How many connections are open; undefined where that cannot be told. */
  countConnections: () => number | undefined;
  maxConnections: number;
  log: Log;
}

/** Listens on a port, but for the times in which too many connections are open. */
export interface Listener {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  url: string;
  /** Listens no more; resolves when no connection is left. */
  stop(): Promise<void>;
  /** Once that was called: closes the connections that are left, wherever they stand. */
  cut(): void;
}

/** How often connections are counted, since nothing tells of a new one. */
const CHECK_MS = 250;

/**
 * How long a check waits before it refuses: behind a turn of the event loop in which many came at
 * once, their first requests are still unread, and the connections that are idle soon do not look so.
 */
const SECOND_LOOK_MS = 50;

/** The share of the limit to which connections have to fall before new ones are taken again. */
const SHARE_TO_RESUME = 0.9;

/**
 * Listens on a port. Beyond `maxConnections`, connections that wait for another request are closed;
 * where these are not enough, new ones are refused until others have ended. Bun's server has no such
 * limit: without free files the whole process comes to a halt.
 */
export function startListener(parts: ListenerParts): Listener {
  const { countConnections, maxConnections, log } = parts;
  let server = parts.listen(parts.port);
  const { port = parts.port } = server;
  const stopping = new Map<Server, Promise<unknown>>();
  let isListening = true;
  let secondLook: ReturnType<typeof setTimeout> | undefined;

  function stopServer(): void {
    const stopped = server;
    isListening = false;
    stopping.set(
      stopped,
      stopped.stop().then(() => stopping.delete(stopped)),
    );
  }

  function resume(): void {
    try {
      server = parts.listen(port);
      isListening = true;
      // Not before: without a server that listens, nothing else may keep the process running.
      timer.unref();
      log.info("new connections are taken again");
    } catch (error) {
      log.error("new connections cannot be taken again yet", error);
    }
  }

  function check(): void {
    const count = countConnections() ?? 0;
    if (!isListening) {
      if (count <= maxConnections * SHARE_TO_RESUME) resume();
    } else if (hasTooMany(count)) {
      secondLook ??= setTimeout(lookAgain, SECOND_LOOK_MS);
    }
  }

  function lookAgain(): void {
    secondLook = undefined;
    const count = countConnections() ?? 0;
    if (!hasTooMany(count)) return;
    stopServer();
    timer.ref();
    log.info(
      `no new connections are taken: ${count} are open, MAX_CONNECTIONS is ${maxConnections}`,
    );
  }

  /** Whether there are too many even without those that wait for another request, which end now. */
  function hasTooMany(count: number): boolean {
    return count > maxConnections && count - server.closeIdleConnections() > maxConnections;
  }
  const timer = setInterval(check, CHECK_MS);
  timer.unref();

  return {
    url: server.url.origin,
    async stop() {
      clearInterval(timer);
      clearTimeout(secondLook);
      if (isListening) stopServer();
      await Promise.all(stopping.values());
    },
    cut() {
      for (const stopped of stopping.keys()) void stopped.stop(true);
    },
  };
}
