import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startWatched, type WatchedProcess } from "../../bench/watched-process.ts";
import { BINARY } from "./candor-binary.ts";

/** The compiled program with no more memory than so much: the kernel ends it where it takes more. */
export interface Contained extends AsyncDisposable {
  url: string;
  /** Whether it still runs. */
  isAlive(): boolean;
  /** Resolves when so many exchanges have ended, by its log; rejects where it ends before. */
  ended(count: number): Promise<void>;
  /**
   * The most resident memory that it had, in MB, where no kernel watches over it. A kernel that does
   * counts less: not the pages of the program's file.
   */
  peakMb?: () => number;
}

/** Where control groups of memory are: version 1 of them, and 2. */
const HIERARCHIES = [
  { folder: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes" },
  { folder: "/sys/fs/cgroup", limit: "memory.max" },
];

let made = 0;

/** A new control group with this limit; undefined where none can be made. */
function makeGroup(megabytes: number): string | undefined {
  for (const { folder, limit } of HIERARCHIES) {
    const group = join(folder, `candor-${process.pid}-${made++}`);
    try {
      mkdirSync(group);
      if (!readdirSync(group).includes(limit)) throw new Error("It has no memory controller.");
      writeFileSync(join(group, limit), String(megabytes * 2 ** 20));
      return group;
    } catch {
      removeGroup(group);
    }
  }
  return undefined;
}

function removeGroup(group: string): void {
  try {
    rmdirSync(group);
  } catch {
    // It was not made, or something is in it still: the system removes it with its last process.
  }
}

/** Whether control groups of memory can be made here: by root, where the system has them. */
export function canContain(): boolean {
  const group = makeGroup(64);
  if (group !== undefined) removeGroup(group);
  return group !== undefined;
}

/**
 * Starts the program in a control group of its own. With `hasGroup` false it is told the limit that
 * it would have found there, and `peakMb` has to be looked at.
 */
export async function startContained(
  megabytes: number,
  settings: Record<string, string>,
  hasGroup: boolean,
): Promise<Contained> {
  const group = hasGroup ? makeGroup(megabytes) : undefined;
  const enter = group && ["sh", "-c", `echo $$ > ${group}/cgroup.procs && exec "$0"`];
  const told = group ? {} : { MEMORY_LIMIT_MB: String(Math.floor(megabytes * 0.75)) };
  const usual = { PORT: "0", LOG_FORMAT: "json", OPENROUTER_API_KEY: "made-up" };
  const environment = { ...usual, ...told, ...settings };
  let isAlive = true;
  let exchanges = 0;
  let awaited = Number.POSITIVE_INFINITY;
  let all = Promise.withResolvers<void>();
  // Nobody need wait for it.
  all.promise.catch(() => {});
  const candor = await startWatched([...(enter ?? []), BINARY], environment, (line) => {
    if (line.includes('"message":"exchange"')) exchanges += 1;
    if (exchanges >= awaited) all.resolve();
  });
  void candor.exited.then(() => {
    isAlive = false;
    all.reject(new Error("It has ended."));
  });
  return {
    url: candor.url,
    isAlive: () => isAlive,
    ended(count) {
      all = Promise.withResolvers();
      awaited = count;
      if (exchanges >= count) all.resolve();
      if (!isAlive) all.reject(new Error("It has ended."));
      return all.promise;
    },
    ...(group === undefined && { peakMb: () => peakOf(candor) }),
    async [Symbol.asyncDispose]() {
      await candor[Symbol.asyncDispose]();
      if (group !== undefined) removeGroup(group);
    },
  };
}

function peakOf({ pid }: WatchedProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
