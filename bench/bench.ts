/**
 * Measures what Candor costs: its processor time beside that of a bare pipe, in turns, and the
 * memory that held streams and a stalled client take. `bun bench/bench.ts [ROUNDS]`, on Linux.
 */
import { loadavg } from "node:os";
import type { LoadResult } from "./load.ts";
import { measureHeldStreams, measureStalledClient } from "./memory.ts";
import { runToEnd, type ServerProcess, startServer } from "./processes.ts";
import { describeRatio, markdownTable, median, type Round } from "./statistics.ts";
import { CHAT_PATH, STREAM_EVENTS, type Workload } from "./workloads.ts";

/** A workload, and how its cost is counted. */
interface Measurement {
  name: string;
  workload: Workload;
  requests: number;
  concurrency: number;
  /** What one request counts for: itself, or the events of its stream. */
  itemsPerRequest: number;
  /** The cost is given for so many items. */
  itemsPerUnit: number;
  unit: string;
}

const MEASUREMENTS: Measurement[] = [
  {
    name: "plain requests",
    workload: "plain",
    requests: 50_000,
    concurrency: 32,
    itemsPerRequest: 1,
    itemsPerUnit: 1000,
    unit: "CPU ms per 1,000 requests",
  },
  {
    name: "stream events",
    workload: "events",
    requests: 1000,
    concurrency: 100,
    itemsPerRequest: STREAM_EVENTS.length,
    itemsPerUnit: 100_000,
    unit: "CPU ms per 100,000 events",
  },
];

const TARGET_RATIO = 1.25;
const TARGET_HELD_MB = 40;
const TARGET_STALLED_MB = 32;

/** What is still done when the last answer is there, such as writing the log, is waited for. */
const SETTLE_MS = 300;

const MB = 1_000_000;

const rounds = Number(Bun.argv[2] ?? 3);
const running: ServerProcess[] = [];
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => void stopServers().then(() => process.exit(1)));
}
try {
  // What else runs here makes every figure larger, and Candor's more so.
  console.log(`load average of this machine: ${loadavg()[0]?.toFixed(2)}`);
  await measure();
} finally {
  await stopServers();
}

async function stopServers(): Promise<void> {
  await Promise.all(running.map((server) => server.stop()));
}

async function measure(): Promise<void> {
  const upstream = await start([process.execPath, `${import.meta.dir}/upstream.ts`]);
  const bare = await start([process.execPath, `${import.meta.dir}/bare-pipe.ts`, upstream.url]);
  const candor = await startCandor(upstream);
  const rows = [["", "bare pipe", "Candor", "ratio", "target"]];
  for (const measurement of MEASUREMENTS) {
    const results = await measureInTurns(measurement, bare, candor);
    const [bareCost, candorCost] = [
      median(results.map((round) => round.bare)),
      median(results.map((round) => round.candor)),
    ];
    const costs = [bareCost, candorCost].map((cost) => cost.toFixed(1));
    rows.push([measurement.unit, ...costs, describeRatio(results), `≤ ${TARGET_RATIO}`]);
  }
  // A process that has not worked yet: what the load above left behind does not count.
  const fresh = await startCandor(upstream);
  const held = await measureHeldStreams(fresh, upstream);
  rows.push([held.name, "", megabytes(held.bytes), "", `< ${TARGET_HELD_MB} MB`]);
  const stalled = await measureStalledClient(fresh, upstream);
  rows.push([stalled.name, "", megabytes(stalled.bytes), "", `< ${TARGET_STALLED_MB} MB`]);
  console.log(`\n${markdownTable(rows)}`);
}

/** Lets both servers do the same work by turns, so that a slow minute of the machine hits both. */
async function measureInTurns(
  measurement: Measurement,
  bare: ServerProcess,
  candor: ServerProcess,
): Promise<Round[]> {
  const warmUp = { ...measurement, requests: Math.ceil(measurement.requests / 10) };
  await costOf(warmUp, bare, "warm-up, bare pipe");
  await costOf(warmUp, candor, "warm-up, Candor");
  const results: Round[] = [];
  for (let round = 1; round <= rounds; round++) {
    results.push({
      bare: await costOf(measurement, bare, `round ${round}, bare pipe`),
      candor: await costOf(measurement, candor, `round ${round}, Candor`),
    });
  }
  return results;
}

/** The processor time that a server takes for one unit of work, in milliseconds. */
async function costOf(
  measurement: Measurement,
  server: ServerProcess,
  title: string,
): Promise<number> {
  const { name, workload, requests, concurrency, itemsPerRequest, itemsPerUnit } = measurement;
  const before = server.cpuMs();
  const { errors, ms } = await runLoad(server, workload, requests, concurrency);
  await Bun.sleep(SETTLE_MS);
  const cpuMs = server.cpuMs() - before;
  const items = requests * itemsPerRequest;
  const cost = (cpuMs / items) * itemsPerUnit;
  const pace = Math.round(items / (ms / 1000)).toLocaleString("en");
  console.log(
    `${name}, ${title}: ${cost.toFixed(1)} ${measurement.unit} ` +
      `(${(cpuMs / 1000).toFixed(2)} s of CPU, ${pace} per second, ${errors} errors)`,
  );
  if (errors > 0) throw new Error(`${errors} of ${requests} answers were wrong.`);
  return cost;
}

async function runLoad(
  server: ServerProcess,
  workload: Workload,
  requests: number,
  concurrency: number,
): Promise<LoadResult> {
  const words = [server.url + CHAT_PATH, workload, String(requests), String(concurrency)];
  const output = await runToEnd([process.execPath, `${import.meta.dir}/load.ts`, ...words]);
  return JSON.parse(output);
}

async function start(
  command: string[],
  environment?: Record<string, string>,
): Promise<ServerProcess> {
  const server = await startServer(command, environment);
  running.push(server);
  return server;
}

function startCandor(upstream: ServerProcess): Promise<ServerProcess> {
  const binary = `${import.meta.dir}/../dist/candor`;
  return start([binary], {
    PORT: "0",
    OPENROUTER_API_KEY: "bench",
    OPENROUTER_BASE_URL: upstream.url,
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / MB).toFixed(1)} MB`;
}
