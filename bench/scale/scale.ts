/**
 * `bun run bench:scale`: how many streams Candor keeps open on this machine, and what 1, 2 and 4
 * workers do. Writes a part of docs/performance.md, unless it is given options. On Linux.
 */
import { isWholeRun, PERFORMANCE, writePart } from "../document.ts";
import { describeRun, noteRun } from "../describe-run.ts";
import { startServer } from "../processes.ts";
import { readOptions } from "../read-options.ts";
import { measureOpenStreams } from "./open-streams.ts";
import { describeScale } from "./report.ts";
import { measureWorkers, type WorkersResult } from "./workers.ts";

const USAGE = `bun run bench:scale [options]
  --streams LIST   how many streams are open at once (1000,5000,10000)
  --workers LIST   how many workers (1,2,4)`;
const UPSTREAM = new URL("../upstream.ts", import.meta.url).pathname;

const values = readOptions(USAGE, {
  streams: { type: "string", default: "1000,5000,10000" },
  workers: { type: "string", default: "1,2,4" },
});
const placeOfRun = noteRun();
const upstream = await startServer([process.execPath, UPSTREAM]);
const open = await measureOpenStreams(values.streams.split(",").map(Number), upstream);
const workers: WorkersResult[] = [];
for (const count of values.workers.split(",").map(Number)) {
  workers.push(await measureWorkers(count, upstream));
  console.log(JSON.stringify(workers.at(-1)));
}
await upstream.stop();
const when = describeRun("bun run bench:scale", placeOfRun());
const report = `${when}\n\n${describeScale(open, workers)}`;
console.log(report);
if (isWholeRun) await writePart(PERFORMANCE, "scale", report);
process.exit(0);
