import type { Config } from "../config/config.ts";
import type { Log } from "../observe/log.ts";
import { createProxy } from "../proxy/proxy.ts";
import type { Send } from "../proxy/upstream-call.ts";
import { explainAddress } from "./address-problem.ts";
import { createApp } from "./app.ts";
import { REST_SECONDS } from "./client-connection.ts";
import { startListener } from "./listener.ts";
import { serveMetrics } from "./metrics-server.ts";
import type { Observers } from "./observers.ts";
import { createPages } from "./pages.ts";
import type { Life } from "./page-status.ts";
import { createMemory, defaultMemoryLimitMb } from "./memory.ts";
import { countOpenFiles, findOpenFilesLimit } from "./open-files.ts";
import { startShedding } from "./stalled-clients.ts";
import { createHandover } from "./handover.ts";
import { createWrongKeys } from "./wrong-keys.ts";

/** A server that listens. */
export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  url: string;
  /**
   * Stops in order: unready for `drainDelayMs`; then, once no client is likely to ask again on a
   * connection that is kept, listening no more; then open answers may finish, and what is left at
   * `drainTimeoutMs` is ended with an error. Resolves when nothing is open. With SHARE_PORT it hands over.
   */
  drain(): Promise<void>;
  /**
   * The same where others listen on the port by now: stays ready, and listens until all that was
   * open has ended, or `hurry` resolves, or `drainTimeoutMs` are over.
   */
  handOver(hurry: Promise<void>): Promise<void>;
  /** How many wrong keys were shown, by the client's address. */
  wrongKeys(): ReadonlyMap<string, number>;
}

/** Once the last answers are ended, how long their clients get to read the end: see `breakOff`. */
const LAST_WORDS_MS = 5000;

/** Of all files that may be open, how many may be connections: some come before they are counted. */
const SHARE_FOR_CONNECTIONS = 0.75;

const NEVER = new Promise<void>(() => {});

/** Nobody listens there. */
const CLOSED_PORT = "http://127.0.0.1:1";

/** What a server may have beside the proxy. */
export interface ServerParts {
  observers?: Observers;
  life?: Life;
  /** Whether other processes listen on the port, too. */
  isPortShared?: boolean;
  /** For how long after an answer its client may be about to ask again. */
  pauseMs?: number;
}

/** What is true of a server that has just started. */
export function createLife(config: Config): Life {
  const memoryLimitMb = config.memoryLimitMb ?? defaultMemoryLimitMb();
  return { startedAt: Date.now(), isDraining: false, memoryLimitMb };
}

/** Starts a server for a configuration. Throws where the address cannot be listened on. */
export function startServer(
  config: Config,
  send: Send,
  log: Log,
  {
    observers,
    life = createLife(config),
    isPortShared = config.sharePort,
    pauseMs,
  }: ServerParts = {},
): RunningServer {
  const wrongKeys = createWrongKeys(log.warn);
  const memory = createMemory(life.memoryLimitMb);
  const watchers = observers?.watchers ?? { sinks: [log] };
  const handover = createHandover(pauseMs);
  const sinks = [...watchers.sinks, wrongKeys, handover.sink];
  const proxy = createProxy(config, send, { ...watchers, sinks }, memory);
  const pages = observers && createPages(proxy, observers, config.proxyApiKeys.length > 0);
  const { clientStallTimeoutMs } = config;
  // A probe of a shared port may reach the old process: it must not say "not ready" for the new one.
  const isReady = () => !life.isDraining || config.sharePort;
  const app = createApp({ proxy, isReady, clientStallTimeoutMs, pages });
  // The first `fetch` starts a thread: were no file free by then, the process would end.
  Bun.fetch.preconnect(CLOSED_PORT);
  const mostFiles = Math.floor(findOpenFilesLimit() * SHARE_FOR_CONNECTIONS);
  const listener = startListener({
    listen: (port) => listen(app, port, config, isPortShared),
    port: config.port,
    countConnections: countOpenFiles,
    maxConnections: Math.min(config.maxConnections, mostFiles),
    log,
  });
  const metricsServer = observers && serveMetrics(config, observers);
  const endShedding = startShedding(proxy, log);

  /** Stops to listen once no client is about to ask again; what is left after so long is ended. */
  async function stop(): Promise<void> {
    const timer = setTimeout(() => {
      proxy.shutDown();
      setTimeout(() => listener.cut(), LAST_WORDS_MS).unref();
    }, config.drainTimeoutMs);
    // Its feed is a stream without an end.
    observers?.page?.close();
    await Promise.race([handover.rested(), Bun.sleep(config.drainTimeoutMs)]);
    await listener.stop();
    await metricsServer?.stop();
    endShedding();
    clearTimeout(timer);
    await observers?.close();
  }
  /** From now on every answer closes its connection, so that its client asks on a new one. */
  function leadAway(): void {
    proxy.closeConnections();
    handover.begin();
  }
  /** Others listen on the port by now: waits for what was open before it stops. */
  async function handOver(hurry: Promise<void>): Promise<void> {
    leadAway();
    await Promise.race([handover.answered, hurry, Bun.sleep(config.drainTimeoutMs)]);
    await stop();
  }
  return {
    url: listener.url,
    wrongKeys: wrongKeys.counts,
    async drain() {
      life.isDraining = true;
      leadAway();
      await Bun.sleep(config.drainDelayMs);
      await (config.sharePort ? handOver(NEVER) : stop());
    },
    handOver,
  };
}

/** Workers share their port: each answers some of the requests. */
function listen(
  app: ReturnType<typeof createApp>,
  port: number,
  { host }: Config,
  isPortShared: boolean,
) {
  explainAddress(host, port, () =>
    app.listen({
      hostname: host,
      port,
      development: false,
      reusePort: isPortShared,
      idleTimeout: REST_SECONDS,
      // Bun's own 413 has no body. Ours comes first.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    }),
  );
  if (app.server === null) throw new Error("The server did not start.");
  return app.server;
}
