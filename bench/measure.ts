import type { Contender, Target } from "./contenders.ts";
import type { FigureName } from "./figures.ts";
import type { Tally } from "./load-answers.ts";
import type { LoadResult } from "./load.ts";
import { runCosted } from "./load-cost.ts";
import { measureKeptStreams } from "./memory.ts";
import type { ServerProcess } from "./processes.ts";
import { percentile } from "./soak/figures.ts";
import { mostStreams } from "./stream-files.ts";
import type { KeptStreams, Workload } from "./workloads.ts";

/** One contender's turn at one workload. */
export interface Run {
  workload: string;
  contender: string;
  round: number;
  figures: Partial<Record<FigureName, number>>;
  /** What came back; undefined where the contender could not do it at all. */
  tally?: Tally;
  /** Why it could not. */
  trouble?: string;
}

/** What a turn showed. */
export type Outcome = Required<Pick<Run, "figures" | "tally">>;

/** How long streams are watched once all of them are open. */
const WATCH_MS = 3000;

const MB = 1_000_000;

/** Puts one contender, which is up, through one workload. */
export async function measureLoad(workload: Workload, target: Target): Promise<Outcome> {
  const { load, unit, answers } = workload;
  if ("streams" in load) throw new Error("Streams that are kept are measured on a fresh process.");
  const seen = await runCosted(target, answers, load);
  const units = (seen.requests * (unit?.itemsPerRequest ?? 1)) / (unit?.items ?? 1);
  const all: Run["figures"] = {
    cpu: seen.cpuMs / 1000 / units,
    pace: seen.requests / (seen.ms / 1000),
    answerP50: percentile(seen.answerMs, 50),
    answerP99: percentile(seen.answerMs, 99),
    firstTextP50: percentile(seen.firstTextMs, 50),
    firstTextP99: percentile(seen.firstTextMs, 99),
  };
  const figures: Run["figures"] = {};
  for (const name of workload.figures) {
    const value = all[name];
    if (value !== undefined && Number.isFinite(value)) figures[name] = value;
  }
  return { figures, tally: tallyOf(seen) };
}

/** Starts one contender, and has it keep as many streams as it should, or the machine lets it. */
export async function measureKept(
  workload: Workload,
  { streams: wished, perSecond }: KeptStreams,
  contender: Contender,
  upstream: ServerProcess,
): Promise<Outcome> {
  const [answer] = workload.answers;
  const { server, ...target } = await contender.start(upstream);
  if (server === undefined || answer === undefined) throw new Error("There is nothing to measure.");
  const streams = Math.min(wished, mostStreams());
  try {
    const kept = await measureKeptStreams({ ...target, server }, upstream, {
      answer,
      streams,
      pace: { perSecond, requests: streams },
      watchMs: WATCH_MS,
    });
    const memory = (kept.bytes / MB / kept.streams) * 1000;
    return { figures: { memory, streams: kept.streams }, tally: tallyOf(kept.load) };
  } finally {
    await server.stop();
  }
}

function tallyOf({ requests, errors, rewritten, failures }: LoadResult): Tally {
  return { requests, errors, rewritten, failures };
}
