import type { Config } from "../../config/config.ts";
import type { Log } from "../../observe/log.ts";
import type { TelemetrySettings } from "../../observe/telemetry/telemetry-settings.ts";
import type { Send } from "../../proxy/upstream-call.ts";
import { createObservers, type Observers } from "../observers.ts";
import { createLife, startServer } from "../server.ts";
import type { Assignment } from "./assignment.ts";
import { type FromWorker, isToWorker } from "./messages.ts";
import { HANDOVER_MS } from "./handover.ts";
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

/** Why a worker has to go. */
type Dismissal = "replaced" | "orphaned";

/** A worker that listens. */
export interface RunningWorker {
  /** Resolves when the parent wants it to go, since others have its place, or the parent is gone. */
  dismissed: Promise<Dismissal>;
  /** Finishes what is open, and tells the parent of it. */
  drain(): Promise<void>;
}

/** Starts a worker. Throws where it cannot listen. */
export async function startWorker(settings: WorkerSettings): Promise<RunningWorker> {
  const { assignment, environment, telemetry, send, log } = settings;
  const { socket, token, port } = assignment;
  const { history: _history, metricsPort: _metricsPort, ...rest } = settings.config;
  const config: Config = { ...rest, port };
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
  const { dismissed, released } = listenToParent();
  let dismissal: Dismissal | undefined;
  void dismissed.then((reason) => {
    dismissal = reason;
  });
  tell({ kind: "listening", url: server.url });
  return {
    dismissed,
    async drain() {
      if (dismissal === undefined) await server.drain();
      // The port of an orphan has to be free for the next parent.
      else await server.handOver(dismissal === "orphaned" ? 0 : HANDOVER_MS);
      relay.close();
      relay.flush();
      tell({ kind: "done" });
      await released;
    },
  };
}

/** Without a parent nobody is told. */
function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}

function listenToParent(): { dismissed: Promise<Dismissal>; released: Promise<void> } {
  const dismissed = Promise.withResolvers<Dismissal>();
  const released = Promise.withResolvers<void>();
  process.on("message", (message: unknown) => {
    if (!isToWorker(message)) return;
    if (message.kind === "retire") dismissed.resolve("replaced");
    else released.resolve();
  });
  process.on("disconnect", () => {
    dismissed.resolve("orphaned");
    released.resolve();
  });
  return { dismissed: dismissed.promise, released: released.promise };
}
