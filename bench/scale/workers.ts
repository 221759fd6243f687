import { STREAM_EVENTS } from "../chat-answers.ts";
import { startCandor, type Target, targetOf } from "../contenders.ts";
import { runCosted } from "../load-cost.ts";
import type { Pace } from "../load.ts";
import { runLoad } from "../load-run.ts";
import type { ServerProcess } from "../processes.ts";
import { percentile } from "../soak/figures.ts";

/** What one Candor with so many workers does. */
export interface WorkersResult {
  workers: number;
  /** Plain requests: how many in a second, and the processor time of 1,000. */
  perSecond: number;
  cpuPerRequests: number;
  /** The busiest worker's share of the processor time, where 1 is an even share. */
  busiest: number;
  /** Streams whose events come one by one: the processor time of 100,000 events. */
  cpuPerEvents: number;
  /** 500 streams at once: the time to the first text. */
  firstTextP99: number;
  megabytes: number;
  wrong: number;
}

const SECONDS = 3;
const CONNECTIONS = 64;
const STREAMS = 100;
const MB = 1_000_000;

/** Puts Candor with so many workers through plain requests and streams. */
export async function measureWorkers(
  workers: number,
  upstream: ServerProcess,
): Promise<WorkersResult> {
  const candor = await startCandor(upstream, undefined, { WORKERS: String(workers) });
  try {
    const target = targetOf(candor);
    const warmUp = { concurrency: CONNECTIONS, seconds: 1 };
    await runLoad(target, ["plain"], warmUp);
    const plain = await measure(target, "plain", { concurrency: CONNECTIONS, seconds: SECONDS });
    const events = await measure(target, "events", { concurrency: STREAMS, seconds: SECONDS });
    const paced = await measure(target, "paced", { perSecond: 500, requests: 500 });
    return {
      workers,
      perSecond: plain.requests / (plain.ms / 1000),
      cpuPerRequests: (plain.cpuS / plain.requests) * 1000,
      busiest: plain.busiest,
      cpuPerEvents: (events.cpuS / events.requests / STREAM_EVENTS.length) * 100_000,
      firstTextP99: percentile(paced.firstTextMs, 99),
      megabytes: candor.memoryBytes() / MB,
      wrong: plain.errors + events.errors + paced.errors,
    };
  } finally {
    await candor.stop();
  }
}

async function measure(target: Required<Target>, answer: "plain" | "events" | "paced", pace: Pace) {
  const seen = await runCosted(target, [answer], pace);
  const used = seen.eachCpuMs;
  // Where there are several workers, the first process only watches over them.
  const workers = used.length > 1 ? used.slice(1) : used;
  const even = workers.reduce((total, ms) => total + ms, 0) / workers.length;
  return { ...seen, cpuS: seen.cpuMs / 1000, busiest: Math.max(...workers) / even };
}
