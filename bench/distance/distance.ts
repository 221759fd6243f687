/**
 * `bun run bench:distance`: the time to the first token where upstream is far away, without Candor
 * and with the compiled binary beside the client. All traffic stays on 127.0.0.1.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { describeMachine } from "../bench-run.ts";
import { startServer } from "../processes.ts";
import { readOptions } from "../read-options.ts";
import { prepareClients } from "./clients.ts";
import { type DistanceResult, measureDistance } from "./measure.ts";
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
console.log(`${new Date().toISOString().slice(0, 16)}Z, ${describeMachine()}`);
console.log(`load average before: ${describeLoad()}`);
const results = await measureAll();
console.log(`load average after: ${describeLoad()}\n\n${describeDistances(results)}\n`);
console.log(distancesAsJson(results));
const late = findLate(results);
for (const sentence of late) console.error(sentence);
process.exit(late.length > 0 ? 1 : 0);

async function measureAll(): Promise<DistanceResult[]> {
  const folder = await mkdtemp(join(tmpdir(), "candor-distance-"));
  const certificate = join(folder, "authority.pem");
  const program = `${import.meta.dir}/far-upstream.ts`;
  const upstream = await startServer([process.execPath, program, certificate]);
  try {
    const clients = await prepareClients(folder, certificate);
    const far = { certificate, controlUrl: upstream.url };
    const measured: DistanceResult[] = [];
    for (const roundTripMs of roundTrips) {
      console.log(`measuring at ${roundTripMs} ms`);
      measured.push(await measureDistance(roundTripMs, far, clients, turns));
    }
    return measured;
  } finally {
    await upstream.stop();
    await rm(folder, { recursive: true });
  }
}

function readNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  console.error(`"${text}" is not a whole number above 0.\n${USAGE}`);
  process.exit(2);
}

function describeLoad(): string {
  return loadavg()[0]?.toFixed(2) ?? "unknown";
}
