import type { Log } from "../../observe/log.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** Keeps a number of workers running. */
export interface Supervisor {
  /** Resolves when all listen; with a sentence where one ends before, and then none is left. */
  start(): Promise<string | undefined>;
  /** Starts as many new ones, and once they all listen lets the old ones go. */
  replace(): Promise<void>;
  /** Asks all to finish, and kills what is left after so long. Resolves when none is left. */
  drain(mostMs: number): Promise<void>;
}

/** What a supervisor works with. */
export interface SupervisorParts {
  count: number;
  launch: () => WorkerProcess;
  log: Pick<Log, "info" | "error">;
}

/** A worker that lived so long is replaced at once; after less, the pause doubles each time. */
const STEADY_MS = 10_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/** One of the places that are to be filled, numbered from 1. */
interface Place {
  number: number;
  worker: WorkerProcess | undefined;
  pauseMs: number;
}

/** Creates a supervisor; it starts nothing yet. */
export function createSupervisor({ count, launch, log }: SupervisorParts): Supervisor {
  const places: Place[] = Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    worker: undefined,
    pauseMs: 0,
  }));
  const alive = new Set<WorkerProcess>();
  let isStopping = false;
  let isReplacing = false;
  let replacements = 0;

  function launchOne(): WorkerProcess {
    const worker = launch();
    alive.add(worker);
    const startedAt = performance.now();
    void worker.ended.then((how) => {
      alive.delete(worker);
      const place = places.find((one) => one.worker === worker);
      if (place !== undefined) restart(place, how, performance.now() - startedAt);
    });
    return worker;
  }
  function restart(place: Place, how: string, livedMs: number): void {
    if (isStopping) return;
    const { number, worker: dead } = place;
    const next = Math.min(LONGEST_PAUSE_MS, place.pauseMs * 2 || FIRST_PAUSE_MS);
    place.pauseMs = livedMs >= STEADY_MS ? 0 : next;
    const when = place.pauseMs === 0 ? "now" : `in ${place.pauseMs} ms`;
    log.error(`worker ${number} (process ${dead?.pid}) ended ${how}; another one starts ${when}`);
    setTimeout(() => {
      // Meanwhile all of them may have been replaced.
      if (isStopping || place.worker !== dead) return;
      const worker = launchOne();
      place.worker = worker;
      void worker.listening.then((end) => {
        // An end is told of by itself.
        if (end === undefined) log.info(`worker ${number} (process ${worker.pid}) listens`);
      });
    }, place.pauseMs);
  }
  async function launchAll(): Promise<string | undefined> {
    const fresh = places.map(() => launchOne());
    const ends = await Promise.all(fresh.map(({ listening }) => listening));
    const end = ends.find((one) => one !== undefined);
    if (end !== undefined) {
      for (const worker of fresh) worker.kill();
      await Promise.all(fresh.map(({ ended }) => ended));
      return `a worker ended ${end} before it listened`;
    }
    const old = places.map(({ worker }) => worker);
    for (const [index, worker] of fresh.entries()) {
      const place = places[index];
      if (place === undefined) continue;
      place.worker = worker;
      // It may have ended while others were starting.
      if (!alive.has(worker)) restart(place, await worker.ended, 0);
    }
    for (const worker of old) worker?.retire();
    return undefined;
  }
  async function replace(): Promise<void> {
    if (isStopping || isReplacing) return;
    isReplacing = true;
    const problem = await launchAll();
    isReplacing = false;
    if (isStopping) return;
    replacements += 1;
    const head = `restart ${replacements} of the workers`;
    if (problem === undefined) log.info(`${head}: ${count} new ones listen; the old ones finish`);
    else log.error(`${head} failed: ${problem}; the old ones go on`);
  }
  return {
    start: launchAll,
    replace,
    async drain(mostMs) {
      isStopping = true;
      for (const worker of alive) worker.stop();
      const timer = setTimeout(() => {
        for (const worker of alive) worker.kill();
      }, mostMs);
      await Promise.all([...alive].map(({ ended }) => ended));
      clearTimeout(timer);
    },
  };
}
