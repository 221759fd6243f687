/**
 * `bun run bench`: what Candor costs beside a bare pipe, nginx, FastAPI and Portkey, where they are
 * installed, in interleaved rounds. Writes docs/bench-tables.md and its plots; a run that options make
 * smaller writes them to /tmp/candor-bench. `--quick` prints Candor beside the bare pipe. On Linux.
 */
import { runBench } from "./bench-run.ts";
import { CONTENDERS } from "./contenders.ts";
import { readOptions } from "./read-options.ts";
import { runQuick, runVersus } from "./quick.ts";
import { writeReport } from "./report.ts";
import { scaleWorkload, WORKLOADS } from "./workloads.ts";

const DOCS = new URL("../docs", import.meta.url).pathname;
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
  await writeReport(await Bun.file(values.redraw).json(), values.out ?? ELSEWHERE);
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
  await Bun.write(`${ELSEWHERE}/runs.json`, JSON.stringify(result));
  const folder = values.out ?? (isWhole ? DOCS : ELSEWHERE);
  await writeReport(result, folder);
  console.log(`${folder}/bench-tables.md`);
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
