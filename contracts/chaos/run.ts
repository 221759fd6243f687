import { createLedger, type Ledger, type Violation } from "./ledger.ts";
import { type LoadOptions, runLoad } from "./load.ts";
import { type Servers, startServers } from "./servers.ts";
import { type Watch, watchDuring } from "./watch.ts";
import type { ProcessSample } from "../../bench/watched-process.ts";

/** How a run is made. */
export interface ChaosOptions extends Pick<
  LoadOptions,
  "seconds" | "seed" | "clients" | "answers" | "clientKinds"
> {
  /** How long the same goes on before, so that memory is compared with that of a used process. */
  warmUpSeconds: number;
  /** Whether the proxy reaches upstream over HTTP/2. */
  isHttp2: boolean;
}

/** What a run showed. */
export interface ChaosReport extends Watch {
  /** How often each outcome was seen, by kind of answer, and by kind of client. */
  byAnswer: Tally;
  byClient: Tally;
  violations: Violation[];
  worstOutlivingMs: number;
  before: ProcessSample;
  after: ProcessSample;
  /** How long the proxy took to stop when it was asked to, with nothing under way. */
  stopMs: number;
}

/** Counts of outcomes, by the kind of something. */
export type Tally = Map<string, Map<string, number>>;

const LOOK_MS = 200;
const QUIET_LIMIT_MS = 20_000;

/** In which what is left of exchanges is collected as garbage. */
const REST_MS = 1000;

/** By how much memory may have grown once all is quiet: what a garbage collector leaves. */
const GROWTH_LIMIT_BYTES = 64_000_000;

/** Starts the servers, warms them up, lets chaos loose, and waits until all is quiet again. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const violations: Violation[] = [];
  const report = (violation: Violation) => {
    violations.push(violation);
    console.error(`VIOLATION ${violation.exchange}: ${violation.what}`);
  };
  const ledger = createLedger(report);
  const tallies = createTallies();
  await using servers = await startServers(ledger, options);
  const load = { ...options, ...tallies, url: servers.candor.url, ledger, report };
  const sockets = servers.candor.sample().sockets;
  const run = (loadOptions: LoadOptions) =>
    watchDuring(
      servers.candor,
      () => runLoad(loadOptions),
      ({ worstLagMs }) => ledger.settle(worstLagMs),
    );
  const warmUp = await run({ ...load, seconds: options.warmUpSeconds, seed: options.seed + 1 });
  const before = await untilQuiet(servers, ledger, sockets);
  const watch = await run(load);
  const after = await untilQuiet(servers, ledger, sockets);
  const stopMs = await stop(servers);
  ledger.close(Math.max(warmUp.worstLagMs, watch.worstLagMs));
  for (const what of findLeftovers(before, after, ledger)) report({ exchange: "afterwards", what });
  const worstOutlivingMs = ledger.worstOutlivingMs();
  return { ...tallies, ...watch, violations, worstOutlivingMs, before, after, stopMs };
}

function createTallies() {
  const byAnswer: Tally = new Map();
  const byClient: Tally = new Map();
  const add = (tally: Tally, kind: string, outcome: string) => {
    const outcomes = tally.get(kind) ?? new Map<string, number>();
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    tally.set(kind, outcomes);
  };
  const count = (answer: string, client: string, outcome: string) => {
    add(byAnswer, answer, outcome);
    add(byClient, client, outcome);
  };
  return { byAnswer, byClient, count };
}

/** Waits until upstream has nothing to do and no socket is left beyond those that listen. */
async function untilQuiet(
  { candor, upstream }: Servers,
  ledger: Ledger,
  sockets: number,
): Promise<ProcessSample> {
  const until = Date.now() + QUIET_LIMIT_MS;
  while (ledger.inFlight() > 0 && Date.now() < until) await Bun.sleep(LOOK_MS);
  // What is open now is kept for the next request.
  upstream.signal("SIGUSR1");
  while (candor.sample().sockets > sockets && Date.now() < until) await Bun.sleep(LOOK_MS);
  await Bun.sleep(REST_MS);
  return candor.sample();
}

/** What should have gone when all was quiet. */
function findLeftovers(before: ProcessSample, after: ProcessSample, ledger: Ledger): string[] {
  const leftovers: string[] = [];
  const sockets = after.sockets - before.sockets;
  if (sockets > 0) leftovers.push(`${sockets} more sockets are open than before`);
  const growth = after.residentBytes - before.residentBytes;
  if (growth > GROWTH_LIMIT_BYTES) leftovers.push(`memory grew by ${growth} bytes`);
  if (ledger.inFlight() > 0) leftovers.push(`${ledger.inFlight()} requests are left at upstream`);
  return leftovers;
}

/** Asks the proxy to stop, which it does when no exchange is under way. */
async function stop({ candor }: Servers): Promise<number> {
  const startedAt = performance.now();
  candor.signal("SIGTERM");
  const code = await Promise.race([candor.exited, Bun.sleep(QUIET_LIMIT_MS)]);
  if (code !== 0) throw new Error(`The proxy ended with ${code ?? "nothing"}.`);
  return performance.now() - startedAt;
}
