import { createApp, idleSeconds } from "./app.ts";
import type { Log } from "./access-log.ts";
import type { Config } from "./config.ts";
import type { Send, UpstreamCall } from "./upstream-call.ts";

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

/** Once the last answers are ended, how long their clients get to read the end. */
const LAST_WORDS_MS = 1000;

/** Starts a server for a configuration. Throws where the address cannot be listened on. */
export function startServer(config: Config, send: Send, log: Log): RunningServer {
  const openCalls = new Set<UpstreamCall>();
  let isDraining = false;
  const app = createApp({ config, send, log, openCalls, isReady: () => !isDraining });
  app.listen({
    hostname: config.host,
    port: config.port,
    development: false,
    // Two servers on one port would each answer some of the requests.
    reusePort: false,
    idleTimeout: idleSeconds(config),
    // Bun's own 413 has no body. Ours comes first.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
  });
  const server = app.server;
  if (server === null) throw new Error("The server did not start.");

  return {
    url: server.url.origin,
    async drain() {
      isDraining = true;
      await Bun.sleep(config.drainDelayMs);
      const timer = setTimeout(() => {
        for (const call of openCalls) call.giveUp({ kind: "shutdown" });
        setTimeout(() => server.stop(true), LAST_WORDS_MS).unref();
      }, config.drainTimeoutMs);
      await server.stop();
      clearTimeout(timer);
    },
  };
}
