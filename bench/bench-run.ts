import type { Contender, Target } from "./contenders.ts";
import { FIGURES } from "./figures.ts";
import { measureKept, measureLoad, type Outcome, type Run } from "./measure.ts";
import { type ServerProcess, startServer } from "./processes.ts";
import { format } from "./statistics.ts";
import type { Workload } from "./workloads.ts";

/** Who is put through what, and how often. */
export interface BenchOptions {
  workloads: Workload[];
  contenders: Contender[];
  rounds: number;
}

/** What the contenders were, and all that was measured. */
export interface BenchResult {
  rounds: number;
  workloads: Workload[];
  /** Those that are not installed have no version. */
  contenders: (Pick<Contender, "name" | "setUp" | "install" | "isSlow"> & { version?: string })[];
  runs: Run[];
}

const WARM_UP_SECONDS = 1;

/** Runs the whole benchmark, and prints every turn as it ends. */
export async function runBench(options: BenchOptions): Promise<BenchResult> {
  const contenders = await Promise.all(
    options.contenders.map(async (each) => ({ each, version: await each.version() })),
  );
  const installed = contenders.flatMap(({ each, version }) => (version === undefined ? [] : each));
  const runs = await runAll({ ...options, contenders: installed });
  return {
    rounds: options.rounds,
    workloads: options.workloads,
    contenders: contenders.map(({ each: { name, setUp, install, isSlow = false }, version }) => {
      return { name, setUp, install, isSlow, ...(version !== undefined && { version }) };
    }),
    runs,
  };
}

async function runAll({ workloads, contenders, rounds }: BenchOptions): Promise<Run[]> {
  const upstream = await startServer([process.execPath, `${import.meta.dir}/upstream.ts`]);
  const targets = new Map<Contender, Target>();
  try {
    for (const contender of contenders) targets.set(contender, await contender.start(upstream));
    const runs: Run[] = [];
    for (const workload of workloads) {
      runs.push(...(await runWorkload(workload, rounds, targets, upstream)));
    }
    return runs;
  } finally {
    await Promise.all([...targets.values()].map(({ server }) => server?.stop()));
    await upstream.stop();
  }
}

/** All rounds of one workload. The contenders take turns, and another one begins each round. */
async function runWorkload(
  workload: Workload,
  rounds: number,
  targets: Map<Contender, Target>,
  upstream: ServerProcess,
): Promise<Run[]> {
  const all = [...targets].filter(([{ isSlow }]) => isSlow !== true || workload.isForSlow);
  if ("concurrency" in workload.load) {
    const load = { ...workload.load, seconds: WARM_UP_SECONDS };
    for (const [, target] of all) await attempt(() => measureLoad({ ...workload, load }, target));
  }
  const runs: Run[] = [];
  for (let round = 1; round <= Math.min(rounds, workload.mostRounds ?? rounds); round++) {
    const first = (round - 1) % all.length;
    for (const [contender, target] of [...all.slice(first), ...all.slice(0, first)]) {
      if (contender.isSlow === true && round > 1) continue;
      const { load } = workload;
      const startedAt = performance.now();
      const isKept = "streams" in load;
      // Upstream itself has no memory of a proxy to measure.
      if (isKept && target.server === undefined) continue;
      const outcome = await attempt(() =>
        isKept ? measureKept(workload, load, contender, upstream) : measureLoad(workload, target),
      );
      const run = { workload: workload.id, contender: contender.name, round, ...outcome };
      const seconds = (performance.now() - startedAt) / 1000;
      console.log(`${describeRun(workload, run)} (${seconds.toFixed(1)} s)`);
      runs.push(run);
    }
  }
  return runs;
}

/** What a turn gives, or why it gives nothing: the others go on. */
async function attempt(
  turn: () => Promise<Outcome>,
): Promise<Pick<Run, "figures" | "tally" | "trouble">> {
  try {
    return await turn();
  } catch (error) {
    return { figures: {}, trouble: String(error) };
  }
}

function describeRun({ id, figures: names }: Workload, run: Run): string {
  const figures = names.flatMap((name) => {
    const value = run.figures[name];
    return value === undefined ? [] : `${format(value)} ${FIGURES[name].title}`;
  });
  const { tally, trouble } = run;
  const errors = tally === undefined ? trouble : `${tally.errors} of ${tally.requests} wrong`;
  return `${id}, round ${run.round}, ${run.contender}: ${[...figures, errors].join("; ")}`;
}
