import { Gauge, Registry } from "prom-client";
import { addCounts } from "./count-metrics.ts";
import { addDurations } from "./duration-metrics.ts";
import { createExchangeTally } from "./exchange-tally.ts";
import { addProcessMetrics, type Readings } from "./process-metrics.ts";
import type { ExchangeRecord, RecordSink, State } from "./record.ts";
import { addUsage } from "./usage-metrics.ts";

/** Counts exchanges, and tells them in Prometheus' text format. */
export interface Metrics {
  sink: RecordSink;
  /** The answer to `GET /metrics`. Whoever mounts it decides who may read it. */
  respond(): Promise<Response>;
}

/** What metrics are made with. */
export interface MetricsSettings extends Readings {
  version: string;
}

/** How many exchanges wait to be counted together, which costs a third of counting each at its end. */
const MOST_UNCOUNTED = 256;

/** The states in which an exchange is open. */
const OPEN_STATES: State[] = ["receiving", "waiting", "holding", "relaying"];

/** Creates the metrics. Every label has a closed list of values: never a model, a path or a key. */
export function createMetrics(settings: MetricsSettings): Metrics {
  const register = new Registry();
  addProcessMetrics(register, settings);
  const build = new Gauge({
    name: "candor_build_info",
    help: "Always 1; its labels say what is running.",
    labelNames: ["version", "bun"],
    registers: [register],
  });
  build.set({ version: settings.version, bun: Bun.version }, 1);
  const open = new Set<ExchangeRecord>();
  addOpenGauge(register, open);
  const tally = createExchangeTally();
  addDurations(register, tally);
  addCounts(register, tally);
  const addUsed = addUsage(register);
  let uncounted: ExchangeRecord[] = [];
  const count = () => {
    const records = uncounted;
    uncounted = [];
    for (const record of records) {
      tally.count(record);
      addUsed(record);
    }
  };
  return {
    sink: {
      begin: (record) => void open.add(record),
      end(record) {
        open.delete(record);
        uncounted.push(record);
        if (uncounted.length === MOST_UNCOUNTED) count();
      },
    },
    async respond() {
      count();
      const headers = { "content-type": register.contentType, "cache-control": "no-store" };
      return new Response(await register.metrics(), { headers });
    },
  };
}

function addOpenGauge(register: Registry, open: Set<ExchangeRecord>): void {
  const gauge = new Gauge({
    name: "candor_open_exchanges",
    help: "Exchanges under way, by where they stand; holding is a status line that is kept back.",
    labelNames: ["state"],
    registers: [],
    collect() {
      const counts = new Map(OPEN_STATES.map((state) => [state, 0]));
      for (const { state } of open) counts.set(state, (counts.get(state) ?? 0) + 1);
      for (const state of OPEN_STATES) this.set({ state }, counts.get(state) ?? 0);
    },
  });
  register.registerMetric(gauge);
}
