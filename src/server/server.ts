import type { Config } from "../config/config.ts";
import type { Log } from "../observe/log.ts";
import { createProxy } from "../proxy/proxy.ts";
import type { Send } from "../proxy/upstream-call.ts";
import { createApp } from "./app.ts";
import { REST_SECONDS } from "./client-connection.ts";
import { startListener } from "./listener.ts";
import { countOpenFiles, findOpenFilesLimit } from "./open-files.ts";

/** A server that listens. */
export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  url: string;
  /**
   * Stops in order: unready for `drainDelayMs`, then deaf, then open answers may finish, and what
   * is left at `drainTimeoutMs` is ended with an error. Resolves when nothing is open.
   */
  drain(): Promise<void>;
}

/** Once the last answers are ended, how long their clients get to read the end: see `breakOff`. */
const LAST_WORDS_MS = 5000;

/** Of all files that may be open, how many may be connections: some come before they are counted. */
const SHARE_FOR_CONNECTIONS = 0.75;

/** Nobody listens there. */
const CLOSED_PORT = "http://127.0.0.1:1";

/** Starts a server for a configuration. Throws where the address cannot be listened on. */
export function startServer(config: Config, send: Send, log: Log): RunningServer {
  let isDraining = false;
  const proxy = createProxy(config, send, [log]);
  const { clientStallTimeoutMs } = config;
  const app = createApp({ proxy, isReady: () => !isDraining, clientStallTimeoutMs });
  // The first `fetch` starts a thread: were no file free by then, the process would end.
  Bun.fetch.preconnect(CLOSED_PORT);
  const mostFiles = Math.floor(findOpenFilesLimit() * SHARE_FOR_CONNECTIONS);
  const listener = startListener({
    listen: (port) => listen(app, port, config),
    port: config.port,
    countConnections: countOpenFiles,
    maxConnections: Math.min(config.maxConnections, mostFiles),
    log,
  });
  return {
    url: listener.url,
    async drain() {
      isDraining = true;
      await Bun.sleep(config.drainDelayMs);
      const timer = setTimeout(() => {
        proxy.shutDown();
        setTimeout(() => listener.cut(), LAST_WORDS_MS).unref();
      }, config.drainTimeoutMs);
      await listener.stop();
      clearTimeout(timer);
    },
  };
}

function listen(app: ReturnType<typeof createApp>, port: number, config: Config) {
  try {
    app.listen({
      hostname: config.host,
      port,
      development: false,
      // Two servers on one port would each answer some of the requests.
      reusePort: false,
      idleTimeout: REST_SECONDS,
      // Bun's own 413 has no body. Ours comes first.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    });
  } catch (error) {
    // For a name that nobody knows, the system's own words are "inappropriate ioctl for device".
    if (error instanceof Error) {
      error.message = `HOST is "${config.host}" and PORT is ${port}: nothing can listen there (${error.message})`;
    }
    throw error;
  }
  if (app.server === null) throw new Error("The server did not start.");
  return app.server;
}
