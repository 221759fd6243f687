import { startServers } from "../../contracts/chaos/servers.ts";
import { percentile } from "./figures.ts";
import { type Observations, startSoakLoad } from "./load.ts";
import type { ProcessSample } from "../watched-process.ts";

/** How a run is made. */
export interface SoakOptions {
  minutes: number;
  requestsPerSecond: number;
  sampleSeconds: number;
  /** Whether the proxy reaches upstream over HTTP/2. */
  isHttp2: boolean;
}

/** What was seen at one moment, and, of times and processors, since the moment before. */
export interface SoakSample {
  minutes: number;
  rssMb: number;
  anonMb: number;
  sockets: number;
  inFlight: number;
  exchanges: number;
  plainP50Ms: number;
  plainP99Ms: number;
  firstEventP50Ms: number;
  firstEventP99Ms: number;
  /** Of one processor: the proxy's share, and that of proxy, upstream and clients together. */
  cpuPercent: number;
  allCpuPercent: number;
}

/** What a run showed. */
export interface SoakResult {
  samples: SoakSample[];
  exchanges: number;
  violations: string[];
}

const MB = 1_000_000;

/** Puts the load on the compiled program, and looks at it every few seconds. */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  let logged = 0;
  const readLogLine = (line: string) => {
    if (line.includes('"message":"exchange"')) logged += 1;
  };
  await using servers = await startServers(
    { readLogLine, readUpstreamLine: () => {} },
    { limits: {}, isHttp2: options.isHttp2 },
  );
  const { candor, upstream } = servers;
  const load = startSoakLoad(candor.url, options.requestsPerSecond);
  const result: SoakResult = { samples: [], exchanges: 0, violations: [] };
  const record = (seen: Observations) => {
    result.exchanges += seen.exchanges;
    result.violations.push(...seen.violations);
  };
  const startedAt = performance.now();
  let before = moment(candor.sample(), upstream.sample());
  while (performance.now() - startedAt < options.minutes * 60_000) {
    await Bun.sleep(options.sampleSeconds * 1000);
    const now = moment(candor.sample(), upstream.sample());
    const seen = load.observe();
    record(seen);
    const minutes = (now.at - startedAt) / 60_000;
    result.samples.push({
      minutes,
      inFlight: load.open(),
      ...describe(before, now),
      ...times(seen),
    });
    before = now;
  }
  await load.stop();
  record(load.observe());
  candor.signal("SIGTERM");
  await candor.exited;
  if (logged !== result.exchanges) {
    result.violations.push(`${logged} lines in the log for ${result.exchanges} exchanges`);
  }
  return result;
}

/** What the processes have used up to now. */
interface Moment {
  at: number;
  candor: ProcessSample;
  allCpuMs: number;
}

function moment(candor: ProcessSample, upstream: ProcessSample): Moment {
  const { user, system } = process.cpuUsage();
  const allCpuMs = candor.cpuMs + upstream.cpuMs + (user + system) / 1000;
  return { at: performance.now(), candor, allCpuMs };
}

function describe(before: Moment, { at, candor, allCpuMs }: Moment) {
  const percent = (cpuMs: number) => (cpuMs / (at - before.at)) * 100;
  return {
    rssMb: candor.residentBytes / MB,
    anonMb: candor.anonymousBytes / MB,
    sockets: candor.sockets,
    cpuPercent: percent(candor.cpuMs - before.candor.cpuMs),
    allCpuPercent: percent(allCpuMs - before.allCpuMs),
  };
}

function times({ exchanges, plainMs, firstEventMs }: Observations) {
  return {
    exchanges,
    plainP50Ms: percentile(plainMs, 50),
    plainP99Ms: percentile(plainMs, 99),
    firstEventP50Ms: percentile(firstEventMs, 50),
    firstEventP99Ms: percentile(firstEventMs, 99),
  };
}
