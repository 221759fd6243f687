import { readdirSync, readFileSync, statSync } from "node:fs";

/** Where Linux lists the files and sockets that this process has open. */
const FOLDER = "/proc/self/fd";

/** How many files and sockets are open; undefined where that cannot be told, as outside Linux. */
export function countOpenFiles(folder = FOLDER): number | undefined {
  try {
    // Since Linux 6.2 the size is the number, and costs nothing; before, it is 0.
    return statSync(folder).size || readdirSync(folder).length;
  } catch {
    return undefined;
  }
}

/** How many may be open (`ulimit -n`); infinite where there is no limit, or none to be found. */
export function findOpenFilesLimit(file = "/proc/self/limits"): number {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync(file, "latin1")) ?? [];
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
