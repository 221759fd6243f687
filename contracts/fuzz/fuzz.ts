/**
 * `bun run fuzz --minutes N [--seed S]`: puts every property to the test with fresh seeds for N
 * minutes (5 unless told). Prints what fails, with the seed and the smallest counterexample.
 */
import {
  type FuzzProperty,
  PURE_PROPERTIES,
  socketProperties,
  startFuzzedCandor,
} from "./properties.ts";
import { readOptions } from "../../bench/read-options.ts";
import { startTimeProgress } from "../../bench/time-progress.ts";

/** Runs of the fastest property per round. */
const RUNS_PER_ROUND = 5000;

const USAGE = `bun run fuzz [options]
  --minutes N   for how long (5)
  --seed S      the first seed, to repeat a run (the time)`;

const values = readOptions(USAGE, {
  minutes: { type: "string", default: "5" },
  seed: { type: "string" },
});
const progress = startTimeProgress(Number(values.minutes) * 60);
const until = performance.now() + Number(values.minutes) * 60_000;
const firstSeed = Number(values.seed ?? Date.now() % 2 ** 31);

/** A property that fails is left out from then on: one counterexample is enough to work with. */
const failed = new Set<FuzzProperty>();
const runs = new Map<FuzzProperty, { count: number; ms: number }>();

const { candor, answerWith } = startFuzzedCandor();
const properties = [...PURE_PROPERTIES, ...socketProperties(candor, answerWith)];
for (let seed = firstSeed; performance.now() < until && failed.size < properties.length; seed++) {
  for (const property of properties) {
    if (!failed.has(property) && performance.now() < until) await runOnce(property, seed);
  }
}
progress[Symbol.dispose]();
for (const [{ name }, { count, ms }] of runs) {
  console.log(`${String(count).padStart(9)} runs  ${Math.round((count / ms) * 1000)}/s  ${name}`);
}
await candor[Symbol.asyncDispose]();
process.exitCode = failed.size > 0 ? 1 : 0;

async function runOnce(property: FuzzProperty, seed: number): Promise<void> {
  const numRuns = Math.ceil(RUNS_PER_ROUND / property.cost);
  const startedAt = performance.now();
  try {
    await property.check({ seed, numRuns });
  } catch (error) {
    failed.add(property);
    progress.end();
    console.error(`FAILED  ${property.name}\n${error instanceof Error ? error.message : error}\n`);
  }
  progress.tick();
  const { count, ms } = runs.get(property) ?? { count: 0, ms: 0 };
  runs.set(property, { count: count + numRuns, ms: ms + performance.now() - startedAt });
}
