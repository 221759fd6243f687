/**
 * `bun run bench`: what Candor costs beside a bare pipe, nginx, FastAPI and Portkey, where they are
 * installed, in interleaved rounds. Then it measures how much longer a warm client waits, and how
 * much sooner a cold client far from upstream has its first token. Writes docs/bench-tables.md, its
 * plots, and the measured parts of docs/performance.md and the README. A run with options writes its
 * tables to /tmp/candor-bench alone; `--quick` prints Candor beside the bare pipe. On Linux.
 */
import { runBench } from "./bench-run.ts";
import { candorVersion, refuseDirty } from "./candor-version.ts";
import { CONTENDERS } from "./contenders.ts";
import { noteRun } from "./describe-run.ts";
import { measureDistances } from "./distance/measure.ts";
import { DOCS_FOLDER, isWholeRun, PERFORMANCE, README, writePart } from "./document.ts";
import { readOptions } from "./read-options.ts";
import { runQuick, runVersus } from "./quick.ts";
import { writeReport } from "./report.ts";
import {
  costTable,
  describeWhen,
  readmeLines,
  versionOfCandor,
  type WholeResult,
} from "./summary.ts";
import { describeWarm, measureWarm } from "./warm/warm.ts";
import { scaleWorkload, WORKLOADS } from "./workloads.ts";

/** The short form of `bun run bench:distance`. */
const ROUND_TRIP_MS = 60;
const TURNS = { cold: 7, warm: 50 };
const ELSEWHERE = "/tmp/candor-bench";
const DATA = `${ELSEWHERE}/runs.json`;
const USAGE = `bun run bench [options]
  --quick            Candor beside the bare pipe only, printed
  --versus BINARY    Candor beside an older Candor, by turns, printed
  --rounds N         how often each contender has its turn (3)
  --only IDS         of ${WORKLOADS.map(({ id }) => id).join(", ")}
  --contenders IDS   of ${CONTENDERS.map(({ id }) => id).join(", ")}
  --scale SHARE      this share of the seconds, requests and streams (1)
  --redraw FILE      writes the documents again, from ${DATA} of a whole run`;

const values = readOptions(USAGE, {
  quick: { type: "boolean", default: false },
  versus: { type: "string" },
  rounds: { type: "string", default: "3" },
  only: { type: "string" },
  contenders: { type: "string" },
  scale: { type: "string", default: "1" },
  redraw: { type: "string" },
});
const rounds = Number(values.rounds);
if (values.versus !== undefined) await runVersus(values.versus, rounds);
else if (values.quick) await runQuick(rounds);
else if (values.redraw !== undefined) await writeDocuments(await Bun.file(values.redraw).json());
else if (isWholeRun) await runWhole();
else await runPart();
process.exit(0);

async function runWhole(): Promise<void> {
  refuseDirty(candorVersion());
  const placeOfRun = noteRun();
  const result = await runBench({ workloads: WORKLOADS, contenders: CONTENDERS, rounds });
  const warm = await measureWarm();
  const distance = { results: await measureDistances([ROUND_TRIP_MS], TURNS), turns: TURNS };
  const whole = { ...result, warm, distance, ...placeOfRun() };
  await Bun.write(DATA, JSON.stringify(whole));
  await writeDocuments(whole);
}

/** What the options leave of it, which goes into no document. */
async function runPart(): Promise<void> {
  const placeOfRun = noteRun();
  const share = Number(values.scale);
  const result = await runBench({
    workloads: choose(WORKLOADS, values.only).map((each) => scaleWorkload(each, share)),
    contenders: choose(CONTENDERS, values.contenders),
    rounds,
  });
  await writeReport({ ...result, ...placeOfRun() }, ELSEWHERE);
  console.log(`${ELSEWHERE}/bench-tables.md`);
}

/** Writes all tables into a document of their own, and the short ones into the others. */
async function writeDocuments(result: WholeResult): Promise<void> {
  refuseDirty(versionOfCandor(result));
  await writeReport(result, DOCS_FOLDER);
  const when = describeWhen(result);
  await writePart(PERFORMANCE, "cost", `${when}\n\n${costTable(result)}`);
  if (result.warm !== undefined) {
    await writePart(PERFORMANCE, "warm", `${when}\n\n${describeWarm(result.warm)}`);
  }
  await writePart(README, "performance", readmeLines(result));
  console.log(`${DOCS_FOLDER}/bench-tables.md`);
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
