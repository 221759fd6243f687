/**
 * `bun run bench`: what Candor costs beside a bare pipe, nginx, FastAPI and Portkey, where they are
 * installed, in interleaved rounds; what a warm client waits longer, and a cold one far from upstream
 * less. Writes docs/bench-tables.md, its plots, and the measured parts of docs/performance.md and the
 * README; a run that options make smaller writes its tables to /tmp/candor-bench. `--quick` prints Candor beside the bare pipe. On Linux.
 */
import { type BenchResult, runBench } from "./bench-run.ts";
import { CONTENDERS } from "./contenders.ts";
import { measureDistances } from "./distance/measure.ts";
import { DOCS_FOLDER, PERFORMANCE, README, writePart } from "./document.ts";
import { readOptions } from "./read-options.ts";
import { runQuick, runVersus } from "./quick.ts";
import { writeReport } from "./report.ts";
import { costTable, describeWhen, readmeLines, type WholeResult } from "./summary.ts";
import { describeWarm, measureWarm } from "./warm/warm.ts";
import { scaleWorkload, WORKLOADS } from "./workloads.ts";

/** The short form of `bun run bench:distance`. */
const ROUND_TRIP_MS = 60;
const TURNS = { cold: 7, warm: 50 };
const ELSEWHERE = "/tmp/candor-bench";
const USAGE = `bun run bench [options]
  --quick            Candor beside the bare pipe only, printed
  --versus BINARY    Candor beside an older Candor, by turns, printed
  --rounds N         how often each contender has its turn (3)
  --only IDS         of ${WORKLOADS.map(({ id }) => id).join(", ")}
  --contenders IDS   of ${CONTENDERS.map(({ id }) => id).join(", ")}
  --scale SHARE      this share of the seconds, requests and streams (1)
  --redraw FILE      writes the report of an earlier run again, from its runs.json
  --out FOLDER       where the report goes (docs for a whole run, else ${ELSEWHERE})`;

const values = readOptions(USAGE, {
  quick: { type: "boolean", default: false },
  versus: { type: "string" },
  rounds: { type: "string", default: "3" },
  only: { type: "string" },
  contenders: { type: "string" },
  scale: { type: "string", default: "1" },
  redraw: { type: "string" },
  out: { type: "string" },
});
const rounds = Number(values.rounds);
if (values.versus !== undefined) await runVersus(values.versus, rounds);
else if (values.quick) await runQuick(rounds);
else if (values.redraw !== undefined) {
  await writeAll(await Bun.file(values.redraw).json(), values.out ?? ELSEWHERE);
} else await runWhole();
process.exit(0);

async function runWhole(): Promise<void> {
  const { only, contenders, scale } = values;
  const isWhole = only === undefined && contenders === undefined && scale === "1";
  const result = await runBench({
    workloads: choose(WORKLOADS, only).map((each) => scaleWorkload(each, Number(scale))),
    contenders: choose(CONTENDERS, contenders),
    rounds,
  });
  const whole = isWhole ? await withClients(result) : result;
  await Bun.write(`${ELSEWHERE}/runs.json`, JSON.stringify(whole));
  const folder = values.out ?? (isWhole ? DOCS_FOLDER : ELSEWHERE);
  await writeAll(whole, folder);
  console.log(`${folder}/bench-tables.md`);
}

/** Adds what one client sees: a warm one, and cold ones far from upstream. */
async function withClients(result: BenchResult): Promise<WholeResult> {
  const startedAt = Date.now();
  const warm = await measureWarm();
  const results = await measureDistances([ROUND_TRIP_MS], TURNS);
  const minutes = result.minutes + (Date.now() - startedAt) / 60_000;
  return { ...result, minutes, warm, distance: { results, turns: TURNS } };
}

/** Writes the tables into a folder and, where that is docs, the short ones into its documents. */
async function writeAll(result: WholeResult, folder: string): Promise<void> {
  await writeReport(result, folder);
  if (folder !== DOCS_FOLDER) return;
  const when = describeWhen(result);
  await writePart(PERFORMANCE, "cost", `${when}\n\n${costTable(result)}`);
  if (result.warm !== undefined) {
    await writePart(PERFORMANCE, "warm", `${when}\n\n${describeWarm(result.warm)}`);
  }
  await writePart(README, "performance", readmeLines(result));
}

/** Those that a list of ids names, or all. */
function choose<T extends { id: string }>(all: T[], ids: string | undefined): T[] {
  const wanted = ids?.split(",") ?? all.map(({ id }) => id);
  return wanted.map((id) => {
    const found = all.find((each) => each.id === id);
    if (found === undefined) throw new Error(`There is no "${id}".\n${USAGE}`);
    return found;
  });
}
