import type { Answer } from "./answers.ts";
import type { Target } from "./contenders.ts";
import type { LoadResult, Pace } from "./load.ts";
import { runLoad } from "./load-run.ts";

/** What a load saw, and the processor time that the target took for it, in milliseconds. */
export interface CostedLoad extends LoadResult {
  /** That of all of its processes; not a number where the target has none of its own. */
  cpuMs: number;
  /** That of each process, in the order in which they were started. */
  eachCpuMs: number[];
}

/** What is still done when the last answer is there, such as writing the log, is waited for. */
const SETTLE_MS = 300;

/** Runs the load generator against a target, and counts the target's processor time. */
export async function runCosted(
  target: Target,
  answers: Answer[],
  pace: Pace,
): Promise<CostedLoad> {
  const readAll = () => target.server?.eachCpuMs() ?? [];
  const before = readAll();
  const seen = await runLoad(target, answers, pace);
  await Bun.sleep(SETTLE_MS);
  const eachCpuMs = readAll().map((ms, index) => ms - (before[index] ?? 0));
  const sum = eachCpuMs.reduce((total, ms) => total + ms, 0);
  return { ...seen, eachCpuMs, cpuMs: target.server === undefined ? Number.NaN : sum };
}
