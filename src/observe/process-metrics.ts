import { Counter, Gauge, type Registry } from "prom-client";

/** Figures that only the program's shell knows; each is asked when the metrics are read. */
export interface Readings {
  /** What the program uses, all its processes together; by default what this process uses. */
  cpuSeconds?: () => number;
  residentBytes?: () => number;
  /** Files and sockets that are open, and may be; undefined where it cannot be told. */
  openFiles?: () => number | undefined;
  maxFiles?: () => number | undefined;
  /** Beyond so many bytes new requests are turned away. */
  memoryLimitBytes?: () => number | undefined;
  isDraining?: () => boolean;
}

const PER_SECOND = 1e6;

/**
 * Adds what is true of the process. prom-client's own collection is not used: on Bun it reports a
 * heap of gigabytes, and spaces of V8 that do not exist.
 */
export function addProcessMetrics(register: Registry, readings: Readings): void {
  const startedAt = Date.now() / 1000 - process.uptime();
  const time = new Counter({
    name: "process_cpu_seconds_total",
    help: "Processor time spent, user and system.",
    registers: [],
    collect() {
      this.reset();
      this.inc((readings.cpuSeconds ?? ownCpuSeconds)());
    },
  });
  register.registerMetric(time);
  const figures: [name: string, help: string, read: () => number | undefined][] = [
    [
      "process_resident_memory_bytes",
      "Memory that the process holds.",
      readings.residentBytes ?? (() => process.memoryUsage.rss()),
    ],
    ["process_start_time_seconds", "When the process began, in epoch seconds.", () => startedAt],
    ["process_open_fds", "Files and sockets that are open.", () => readings.openFiles?.()],
    ["process_max_fds", "Files and sockets that may be open.", () => readings.maxFiles?.()],
    [
      "candor_memory_limit_bytes",
      "Memory beyond which new requests are turned away (MEMORY_LIMIT_MB).",
      () => readings.memoryLimitBytes?.(),
    ],
    [
      "candor_draining",
      "1 while the server is about to stop.",
      () => (readings.isDraining === undefined ? undefined : Number(readings.isDraining())),
    ],
  ];
  for (const [name, help, read] of figures) addGauge(register, name, help, read);
}

function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / PER_SECOND;
}

/** A gauge that is left out where there is nothing to say. */
function addGauge(
  register: Registry,
  name: string,
  help: string,
  read: () => number | undefined,
): void {
  if (!Number.isFinite(read())) return;
  const gauge = new Gauge({
    name,
    help,
    registers: [],
    collect() {
      const value = read();
      if (value !== undefined) this.set(value);
    },
  });
  register.registerMetric(gauge);
}
