/**
 * `bun run bench:distance`: the time to the first token where upstream is far away, without Candor
 * and with the compiled binary beside the client. All traffic stays on 127.0.0.1. Writes a part of
 * docs/performance.md, unless it is given options.
 */
import { describeRun, noteRun } from "../describe-run.ts";
import { isWholeRun, PERFORMANCE, writePart } from "../document.ts";
import { readOptions } from "../read-options.ts";
import { measureDistances } from "./measure.ts";
import { describeDistances, distancesAsJson, findLate } from "./report.ts";

const USAGE = `bun run bench:distance [options]
  --round-trips MS   how far away upstream is, in milliseconds (20,60,150)
  --cold N           how often each cold client asks, each way (15)
  --warm N           how often the warm client asks, each way (50)
Ends with code 1 where a cold client is not ahead with Candor at 60 ms or more.`;

const values = readOptions(USAGE, {
  "round-trips": { type: "string", default: "20,60,150" },
  cold: { type: "string", default: "15" },
  warm: { type: "string", default: "50" },
});
const turns = { cold: readNumber(values.cold), warm: readNumber(values.warm) };
const roundTrips = values["round-trips"].split(",").map(readNumber);
const placeOfRun = noteRun();
const results = await measureDistances(roundTrips, turns);
const when = describeRun("bun run bench:distance", placeOfRun());
const report = `${when}\n\n${describeDistances(results, turns)}`;
console.log(`${report}\n\n${distancesAsJson(results)}`);
if (isWholeRun) await writePart(PERFORMANCE, "distance", report);
const late = findLate(results);
for (const sentence of late) console.error(sentence);
process.exit(late.length > 0 ? 1 : 0);

function readNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  console.error(`"${text}" is not a whole number above 0.\n${USAGE}`);
  process.exit(2);
}
