import { loadavg } from "node:os";
import type { Answer } from "./answers.ts";
import { STREAM_EVENTS } from "./chat-answers.ts";
import { startBarePipe, startCandor, type Target, targetOf } from "./contenders.ts";
import { runCosted } from "./load-cost.ts";
import { measureKeptStreams, measureStalledClient } from "./memory.ts";
import { type ServerProcess, startServer } from "./processes.ts";
import { describeSpread, markdownTable, median, spreadOf } from "./statistics.ts";

/** What both servers do, and how its cost is counted. */
interface Measurement {
  name: string;
  answer: Answer;
  requests: number;
  concurrency: number;
  /** What one request counts for: itself, or the events of its stream. */
  itemsPerRequest: number;
  /** The cost is given for so many items. */
  itemsPerUnit: number;
  unit: string;
}

/** Both servers' cost in one round. */
interface Round {
  bare: number;
  candor: number;
}

const MEASUREMENTS: Measurement[] = [
  {
    name: "plain requests",
    answer: "plain",
    requests: 50_000,
    concurrency: 32,
    itemsPerRequest: 1,
    itemsPerUnit: 1000,
    unit: "CPU ms per 1,000 requests",
  },
  {
    name: "stream events",
    answer: "events",
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

const HELD_STREAMS = 1000;
const HELD_WATCH_MS = 6000;

const MB = 1_000_000;

/**
 * Prints Candor's processor time beside the bare pipe's, in turns, and the memory that held streams
 * and a stalled client take: what one needs while working on it.
 */
export async function runQuick(rounds: number): Promise<void> {
  // What else runs here makes every figure larger, and Candor's more so.
  console.log(`load average of this machine: ${loadavg()[0]?.toFixed(2)}`);
  await using servers = new AsyncDisposableStack();
  const started = async (starting: Promise<ServerProcess>) => {
    const server = await starting;
    servers.defer(() => server.stop());
    return server;
  };
  const upstream = await started(startServer([process.execPath, `${import.meta.dir}/upstream.ts`]));
  const bare = targetOf(await started(startBarePipe(upstream)));
  const candor = targetOf(await started(startCandor(upstream)));
  const rows = [["", "bare pipe", "Candor", "ratio", "target"]];
  for (const measurement of MEASUREMENTS) {
    const results = await measureInTurns(measurement, bare, candor, rounds);
    rows.push([measurement.unit, ...describeCosts(results), `≤ ${TARGET_RATIO}`]);
  }
  // A process that has not worked yet: what the load above left behind does not count.
  const fresh = targetOf(await started(startCandor(upstream)));
  rows.push(await measureHeld(fresh, upstream));
  const { bytes, takenBytes } = await measureStalledClient(fresh.server, upstream);
  const stalled = `memory for a stalled client before a flood (${megabytes(takenBytes)} were taken)`;
  rows.push([stalled, "", megabytes(bytes), "", `< ${TARGET_STALLED_MB} MB`]);
  console.log(`\n${markdownTable(rows)}`);
}

/** Prints Candor's processor time beside an older Candor's: one turn each in every round. */
export async function runVersus(binary: string, rounds: number): Promise<void> {
  console.log(`load average of this machine: ${loadavg()[0]?.toFixed(2)}`);
  await using servers = new AsyncDisposableStack();
  const started = async (starting: Promise<ServerProcess>) => {
    const server = await starting;
    servers.defer(() => server.stop());
    return server;
  };
  const upstream = await started(startServer([process.execPath, `${import.meta.dir}/upstream.ts`]));
  const older = targetOf(await started(startCandor(upstream, binary)));
  const candor = targetOf(await started(startCandor(upstream)));
  const rows = [["", "older", "Candor", "ratio"]];
  for (const measurement of MEASUREMENTS) {
    const results = await measureInTurns(measurement, older, candor, rounds);
    rows.push([measurement.unit, ...describeCosts(results)]);
  }
  console.log(`\n${markdownTable(rows)}`);
}

/** Lets both servers do the same work by turns, so that a slow minute of the machine hits both. */
async function measureInTurns(
  measurement: Measurement,
  bare: Required<Target>,
  candor: Required<Target>,
  rounds: number,
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
  target: Required<Target>,
  title: string,
): Promise<number> {
  const { name, answer, requests, concurrency, itemsPerRequest, itemsPerUnit } = measurement;
  const { errors, ms, cpuMs } = await runCosted(target, [answer], { concurrency, requests });
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

function describeCosts(results: Round[]): string[] {
  const bare = median(results.map((round) => round.bare)).toFixed(1);
  const candor = median(results.map((round) => round.candor)).toFixed(1);
  const ratio = spreadOf(results.map((round) => round.candor / round.bare));
  return [bare, candor, describeSpread(ratio, (value) => value.toFixed(2))];
}

async function measureHeld(candor: Required<Target>, upstream: ServerProcess): Promise<string[]> {
  const { bytes, streams, load } = await measureKeptStreams(candor, upstream, {
    answer: "comments",
    streams: HELD_STREAMS,
    pace: { concurrency: HELD_STREAMS, requests: HELD_STREAMS },
    watchMs: HELD_WATCH_MS,
  });
  if (streams < HELD_STREAMS) throw new Error(`Only ${streams} streams were open at once.`);
  if (load.errors > 0) throw new Error(`${load.errors} held streams came wrong.`);
  const title = `memory for ${HELD_STREAMS.toLocaleString("en")} held streams`;
  return [title, "", megabytes(bytes), "", `< ${TARGET_HELD_MB} MB`];
}

function megabytes(bytes: number): string {
  return `${(bytes / MB).toFixed(1)} MB`;
}
