import { countOpenFiles, findOpenFilesLimit } from "../open-files.ts";

/** What a process uses of the machine. */
export interface Usage {
  /** Processor time since its start, user and system. */
  cpuSeconds: number;
  residentBytes: number;
  /** What is open, and may be; absent where it cannot be told. */
  openFiles?: number;
  maxFiles?: number;
}

/** What this process uses now. */
export function measureUsage(): Usage {
  const { user, system } = process.cpuUsage();
  const openFiles = countOpenFiles();
  const maxFiles = findOpenFilesLimit();
  return {
    cpuSeconds: (user + system) / 1e6,
    residentBytes: process.memoryUsage.rss(),
    ...(openFiles !== undefined && { openFiles }),
    ...(Number.isFinite(maxFiles) && { maxFiles }),
  };
}

/** What processes use together. */
export function addUsages(usages: Iterable<Usage>): Usage {
  const sum = { cpuSeconds: 0, residentBytes: 0, openFiles: 0, maxFiles: 0 };
  for (const { cpuSeconds, residentBytes, openFiles = 0, maxFiles = 0 } of usages) {
    sum.cpuSeconds += cpuSeconds;
    sum.residentBytes += residentBytes;
    sum.openFiles += openFiles;
    sum.maxFiles += maxFiles;
  }
  return sum;
}
