import { startRelay } from "../distance/relay.ts";
import { targetOf } from "../contenders.ts";
import { runCosted } from "../load-cost.ts";
import { percentile } from "../soak/figures.ts";
import { format, markdownTable } from "../statistics.ts";
import { startOnWay, type Way } from "./ways.ts";

const BURSTS = [100, 1000];
/** Sooner than any answer, so that all of them are under way at once. */
const PER_SECOND = 20_000;
const SETTLE_MS = 1500;

/**
 * Sends bursts of streams through a Candor that has just started, with upstream so far away, and
 * gives their times to the first text, and the connections to upstream, as a Markdown table.
 */
export async function measureBursts(
  ways: Way[],
  upstreamUrl: string,
  certificateFile: string,
  roundTripMs: number,
): Promise<string> {
  const rows: string[][] = [];
  for (const streams of BURSTS) {
    for (const way of ways) {
      rows.push(await measureBurst(way, upstreamUrl, certificateFile, roundTripMs, streams));
      console.log(rows.at(-1)?.join(" "));
    }
  }
  const head = ["streams at once", "", "first token p50, ms", "p99, ms", "CPU s of Candor"];
  return markdownTable([[...head, "connections to upstream", "wrong"], ...rows]);
}

async function measureBurst(
  way: Way,
  upstreamUrl: string,
  certificateFile: string,
  roundTripMs: number,
  streams: number,
): Promise<string[]> {
  const { port, pathname } = new URL(upstreamUrl);
  using relay = await startRelay(Number(port), roundTripMs);
  const url = `https://127.0.0.1:${relay.port}${pathname}`;
  const candor = await startOnWay(way, url, certificateFile);
  try {
    await Bun.sleep(SETTLE_MS + 3 * roundTripMs);
    const pace = { perSecond: PER_SECOND, requests: streams };
    const { firstTextMs, errors, cpuMs } = await runCosted(targetOf(candor), ["paced"], pace);
    const times = [percentile(firstTextMs, 50), percentile(firstTextMs, 99)];
    const figures = [...times, cpuMs / 1000].map((value) => format(value));
    const counts = [relay.connections(), errors].map(String);
    return [streams.toLocaleString("en"), way.name, ...figures, ...counts];
  } finally {
    await candor.stop();
  }
}
