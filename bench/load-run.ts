import type { Answer } from "./answers.ts";
import type { Target } from "./contenders.ts";
import type { LoadOptions, LoadResult, Pace } from "./load.ts";
import { runToEnd } from "./processes.ts";

const LIMIT_MS = 60_000;

/** Runs the load generator against a target, in a process of its own, and gives what it saw. */
export async function runLoad(
  { chatUrl, headers }: Target,
  answers: Answer[],
  pace: Pace,
  limitMs = LIMIT_MS,
): Promise<LoadResult> {
  const options: LoadOptions = { url: chatUrl, headers, answers, pace, limitMs };
  const command = [process.execPath, `${import.meta.dir}/load.ts`, JSON.stringify(options)];
  return JSON.parse(await runToEnd(command));
}
