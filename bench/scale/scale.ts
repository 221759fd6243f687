/**
 * `bun run bench:scale`: how many streams Candor keeps open on this machine, and what 1, 2 and 4
 * workers do. Writes a part of docs/performance.md. On Linux.
 */
import { PERFORMANCE, writePart } from "../document.ts";
import { describeRunOf } from "../describe-run.ts";
import { startServer } from "../processes.ts";
import { readOptions } from "../read-options.ts";
import { measureOpenStreams } from "./open-streams.ts";
import { describeScale } from "./report.ts";
import { measureWorkers, type WorkersResult } from "./workers.ts";

const USAGE = `bun run bench:scale [options]
  --streams LIST   how many streams are open at once (1000,5000,10000)
  --workers LIST   how many workers (1,2,4)
  --print          prints the result, and writes nothing`;
const UPSTREAM = new URL("../upstream.ts", import.meta.url).pathname;

const values = readOptions(USAGE, {
  streams: { type: "string", default: "1000,5000,10000" },
  workers: { type: "string", default: "1,2,4" },
  print: { type: "boolean", default: false },
});
const describeRun = describeRunOf("bun run bench:scale");
const upstream = await startServer([process.execPath, UPSTREAM]);
const open = await measureOpenStreams(values.streams.split(",").map(Number), upstream);
const workers: WorkersResult[] = [];
for (const count of values.workers.split(",").map(Number)) {
  workers.push(await measureWorkers(count, upstream));
  console.log(JSON.stringify(workers.at(-1)));
}
await upstream.stop();
const text = `${describeRun()}\n\n${describeScale(open, workers)}`;
if (values.print) console.log(text);
else await writePart(PERFORMANCE, "scale", text);
process.exit(0);
