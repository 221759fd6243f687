import { startCandor, targetOf } from "../contenders.ts";
import { measureKeptStreams } from "../memory.ts";
import type { ServerProcess } from "../processes.ts";
import { mostStreams } from "../stream-files.ts";

/** So many streams that were open at once, and what they took. */
export interface OpenStreams {
  wished: number;
  open: number;
  /** As many as the file limit asks for. */
  workers: number;
  /** By how much Candor's memory grew, in MB. */
  megabytes: number;
  wrong: number;
}

const WATCH_MS = 3000;
const PER_SECOND = 800;
const MB = 1_000_000;

/** Opens more and more streams, each time through a new Candor. */
export async function measureOpenStreams(
  steps: number[],
  upstream: ServerProcess,
): Promise<OpenStreams[]> {
  const results: OpenStreams[] = [];
  for (const streams of steps) {
    // Each worker has a file limit of its own.
    const workers = Math.ceil(streams / mostStreams());
    const candor = await startCandor(upstream, undefined, { WORKERS: String(workers) });
    try {
      const {
        bytes,
        streams: open,
        load,
      } = await measureKeptStreams(targetOf(candor), upstream, {
        answer: "open",
        streams,
        pace: { perSecond: PER_SECOND, requests: streams },
        watchMs: WATCH_MS,
      });
      results.push({ wished: streams, open, workers, megabytes: bytes / MB, wrong: load.errors });
      console.log(JSON.stringify(results.at(-1)));
    } finally {
      await candor.stop();
    }
  }
  return results;
}
