import type { Memory } from "../proxy/memory-budget.ts";

/** How often the memory is measured at most: a measurement takes 20 µs. */
const MEASURED_FOR_MS = 250;

/** How often garbage is collected at most while there is too much of it. */
const COLLECTED_FOR_MS = 2000;

const MB = 2 ** 20;

/**
 * Three quarters of what the container has, or else the machine, in MB: the system needs some too.
 * (`constrainedMemory` reads the limit of the cgroup, and is the machine's memory where there is none.)
 */
export function defaultMemoryLimitMb(bytes = process.constrainedMemory()): number {
  return Math.floor((bytes * 0.75) / MB);
}

/** Where the numbers come from. */
export interface MemorySource {
  /** The resident memory, in bytes. */
  measure(): number;
  /** Gives back to the system what is garbage. */
  collect(): void;
  now(): number;
}

const PROCESS: MemorySource = {
  measure: () => process.memoryUsage.rss(),
  collect: () => Bun.gc(true),
  now: () => performance.now(),
};

/**
 * The memory of this process against a limit in MB. Beyond the limit it collects garbage now and
 * then: what was freed is given back only so, and the limit would be exceeded for ever.
 */
export function createMemory(limitMb: number, source: MemorySource = PROCESS): Memory {
  let usedMb = 0;
  let measuredAt = Number.NEGATIVE_INFINITY;
  let collectedAt = Number.NEGATIVE_INFINITY;
  return {
    limitMb,
    usedMb(isFresh) {
      const now = source.now();
      if (!isFresh && now - measuredAt < MEASURED_FOR_MS) return usedMb;
      measuredAt = now;
      usedMb = source.measure() / MB;
      if (usedMb < limitMb || now - collectedAt < COLLECTED_FOR_MS) return usedMb;
      collectedAt = now;
      source.collect();
      usedMb = source.measure() / MB;
      return usedMb;
    },
  };
}
