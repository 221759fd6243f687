import type { Config } from "../../config/config.ts";
import type { Log } from "../../observe/log.ts";
import type { TelemetrySettings } from "../../observe/telemetry/telemetry-settings.ts";
import type { Send } from "../../proxy/upstream-call.ts";
import { createObservers, type Observers } from "../observers.ts";
import { createLife, startServer } from "../server.ts";
import type { Assignment } from "./assignment.ts";
import { type FromWorker, isToWorker } from "./messages.ts";
import { createPagesOfParent } from "./pages-of-parent.ts";
import { createRecordRelay } from "./record-relay.ts";

/** What a worker is made with; the settings are its share of what all have together. */
export interface WorkerSettings {
  config: Config;
  assignment: Assignment;
  environment: Record<string, string | undefined>;
  telemetry: TelemetrySettings | undefined;
  send: Send;
  log: Log;
}

/** A worker that listens. */
export interface RunningWorker {
  /** Resolves when the parent wants it to go, since others have its place, or the parent is gone. */
  dismissed: Promise<void>;
  /** Resolves when the parent is gone. */
  orphaned: Promise<void>;
  /** Finishes what is open, and tells the parent of it. */
  drain(): Promise<void>;
}

/** Starts a worker. Throws where it cannot listen. */
export async function startWorker(settings: WorkerSettings): Promise<RunningWorker> {
  const { assignment, environment, telemetry, send, log } = settings;
  const { socket, token, host, port } = assignment;
  const { history: _history, metricsPort: _metricsPort, ...rest } = settings.config;
  const config: Config = { ...rest, host, port };
  const relay = createRecordRelay(tell);
  const pages = createPagesOfParent(socket, token);
  const life = createLife(config);
  const own = await createObservers({
    config: { ...config, livePage: "off" },
    environment,
    log,
    life,
    ...(telemetry && { telemetry }),
  });
  const sinks = [...own.watchers.sinks.filter((sink) => sink !== own.metrics.sink), relay.sink];
  const observers: Observers = {
    watchers: { ...own.watchers, sinks },
    metrics: { sink: relay.sink, respond: pages.respond },
    page: config.livePage === "on" ? pages.page : undefined,
    close: own.close,
  };
  const server = startServer(config, send, log, { observers, life, isPortShared: true });
  const orders = listenToParent(async (n) => {
    const record = relay.find(n);
    const path = record && (await own.save?.(record).catch(() => undefined));
    tell({ kind: "saved", n, path });
  });
  let isDismissed = false;
  void orders.dismissed.then(() => {
    isDismissed = true;
  });
  tell({ kind: "listening", url: server.url });
  return {
    dismissed: orders.dismissed,
    orphaned: orders.orphaned,
    async drain() {
      await (isDismissed ? server.handOver(orders.hurry) : server.drain());
      relay.close();
      relay.flush();
      tell({ kind: "done" });
      await orders.released;
    },
  };
}

/** Without a parent nobody is told. */
function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}

interface Orders {
  dismissed: Promise<void>;
  hurry: Promise<void>;
  released: Promise<void>;
  orphaned: Promise<void>;
}

/** What the parent wants; all of it once the parent is gone. */
function listenToParent(save: (n: number) => Promise<void>): Orders {
  const dismissed = Promise.withResolvers<void>();
  const hurry = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const orphaned = Promise.withResolvers<void>();
  const of = { retire: dismissed, hurry, go: released };
  process.on("message", (message: unknown) => {
    if (!isToWorker(message)) return;
    if (message.kind === "save") void save(message.n);
    else of[message.kind].resolve();
  });
  process.on("disconnect", () => {
    for (const order of [...Object.values(of), orphaned]) order.resolve();
  });
  return {
    dismissed: dismissed.promise,
    hurry: hurry.promise,
    released: released.promise,
    orphaned: orphaned.promise,
  };
}
