import { availableParallelism } from "node:os";
import type { Config } from "../../config/config.ts";
import { defaultMemoryLimitMb } from "../memory.ts";

/** What one worker needs to begin with. */
const LEAST_MB = 128;

/** How many workers WORKERS asks for, or a sentence on why there cannot be so many. */
export function countWorkers(
  { workers, memoryLimitMb = defaultMemoryLimitMb() }: Config,
  processors = availableParallelism(),
  platform: string = process.platform,
): { count: number } | { problem: string } {
  const most = Math.max(1, Math.floor(memoryLimitMb / LEAST_MB));
  if (workers === "auto") return { count: platform === "linux" ? Math.min(processors, most) : 1 };
  if (workers === 1) return { count: 1 };
  if (platform !== "linux") {
    return {
      problem: `WORKERS is ${workers}: only Linux shares a port among processes; set it to 1`,
    };
  }
  if (workers <= most) return { count: workers };
  const needed = workers * LEAST_MB;
  return {
    problem: `WORKERS is ${workers}, with ${memoryLimitMb} MB of memory for all (MEMORY_LIMIT_MB): each needs ${LEAST_MB} MB; have ${needed} MB or at most ${most} workers`,
  };
}

/** The settings of one worker: its share of what all of them may have together. */
export function shareLimits(config: Config, count: number): Config {
  const { maxInFlight, maxConnections, memoryLimitMb = defaultMemoryLimitMb() } = config;
  return {
    ...config,
    maxInFlight: Math.ceil(maxInFlight / count),
    maxConnections: Math.ceil(maxConnections / count),
    memoryLimitMb: Math.floor(memoryLimitMb / count),
  };
}
