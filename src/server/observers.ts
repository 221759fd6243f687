import packageJson from "../../package.json" with { type: "json" };
import type { Config } from "../config/config.ts";
import { type Capture, createCapture } from "../observe/capture.ts";
import { type History, openHistory } from "../observe/history.ts";
import type { Log } from "../observe/log.ts";
import { createMetrics, type Metrics } from "../observe/metrics.ts";
import { createRing } from "../observe/ring.ts";
import { createTelemetry, type Telemetry } from "../observe/telemetry/telemetry.ts";
import type { TelemetrySettings } from "../observe/telemetry/telemetry-settings.ts";
import { createPage, type Page, type PageSettings } from "../page/page.ts";
import type { Watchers } from "../proxy/exchange.ts";
import { type Life, pageStatus } from "./page-status.ts";
import { measureUsage, type Usage } from "./workers/usage.ts";

/** Everything that watches a server's exchanges. */
export interface Observers {
  watchers: Watchers;
  metrics: Metrics;
  /** Absent where the live page is off. */
  page: Page | undefined;
  /** Saves an exchange as a recording; absent where capture is off. */
  save?: Capture["save"];
  /** Writes and sends what waits. */
  close(): Promise<void>;
}

/** What observers are made with. */
export interface ObserversContext {
  config: Config;
  environment: Record<string, string | undefined>;
  log: Log;
  life: Life;
  telemetry?: TelemetrySettings;
  /** Cases that can be tried on the page. */
  trials?: PageSettings["trials"];
  /** Saves exchanges for the page, where other processes have them. */
  save?: Capture["save"];
  /** What the program uses of the machine, all its processes together. */
  readUsage?: () => Usage;
}

/** Creates what the settings ask for. Throws where a file or a folder cannot be had. */
export async function createObservers(context: ObserversContext): Promise<Observers> {
  const { config, log, life, readUsage = measureUsage } = context;
  const metrics = createMetrics({
    version: packageJson.version,
    cpuSeconds: () => readUsage().cpuSeconds,
    residentBytes: () => readUsage().residentBytes,
    openFiles: () => readUsage().openFiles,
    maxFiles: () => readUsage().maxFiles,
    memoryLimitBytes: () => life.memoryLimitMb * 2 ** 20,
    isDraining: () => life.isDraining,
  });
  const telemetry = await startTelemetry(context);
  const history = config.history === undefined ? undefined : openHistoryAt(config.history, log);
  const capture = createCaptureFor(config, log);
  const ring = createRing();
  const isOn = config.livePage === "on";
  const save = context.save ?? capture?.save;
  const page = isOn ? createPage(pageSettings(context, ring, history, save)) : undefined;
  const optional = [history?.sink, capture?.sink, isOn ? ring.sink : undefined];
  const sinks = [log, metrics.sink, ...(telemetry?.sinks ?? [])];
  for (const sink of optional) if (sink !== undefined) sinks.push(sink);
  return {
    watchers: {
      sinks,
      ...(telemetry && { trace: telemetry }),
      ...(capture && { tap: tapWith(capture) }),
    },
    metrics,
    page,
    ...(capture && { save: capture.save }),
    async close() {
      page?.close();
      history?.close();
      await Promise.all([capture?.settled(), telemetry?.close()]);
    },
  };
}

async function startTelemetry(context: ObserversContext): Promise<Telemetry | undefined> {
  const { config, telemetry, log } = context;
  if (telemetry === undefined) return undefined;
  return createTelemetry(telemetry, {
    version: packageJson.version,
    upstream: config.openrouterBaseUrl,
    onProblem: log.warn,
  });
}

function openHistoryAt(file: string, log: Log): History {
  return openHistory({ file, onProblem: log.warn });
}

function createCaptureFor(config: Config, log: Log): Capture | undefined {
  const { capture: folder, openrouterApiKey, proxyApiKeys } = config;
  if (folder === undefined) return undefined;
  const held = openrouterApiKey === undefined ? [] : [openrouterApiKey];
  const keys = [...held, ...proxyApiKeys.map(({ key }) => key)];
  return createCapture({ folder, version: packageJson.version, keys, onProblem: log.warn });
}

function tapWith(capture: Capture): NonNullable<Watchers["tap"]> {
  return (record, { method, target, body }, upstream) =>
    capture.tap(record, { method, path: target, body }, upstream);
}

function pageSettings(
  { config, environment, life, trials, readUsage = measureUsage }: ObserversContext,
  ring: PageSettings["ring"],
  history: History | undefined,
  save: Capture["save"] | undefined,
): PageSettings {
  return {
    ring,
    status: () => pageStatus(config, environment, life, readUsage()),
    ...(trials && { trials }),
    ...(history && { history }),
    ...(save && { capture: { save } }),
  };
}
