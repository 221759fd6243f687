import { startBarePipe, startCandor, targetOf } from "../contenders.ts";
import { runToEnd, startServer } from "../processes.ts";
import { percentile } from "../soak/figures.ts";
import { format, markdownTable } from "../statistics.ts";

/** What each of two proxies adds for a client that keeps its connection, in milliseconds. */
export interface WarmTimes {
  answer: "plain" | "short";
  /** The turns of it, in the order in which they were made: direct, the bare pipe, Candor. */
  turns: [direct: number, bare: number, candor: number][];
}

/** The turns whose times are shown: a process is slower until its code has been compiled. */
const SPANS: [from: number, to: number][] = [
  [0, 50],
  [50, 500],
  [500, 5000],
];
const TURNS = 5000;
const UPSTREAM = new URL("../upstream.ts", import.meta.url).pathname;
const CLIENT = new URL("warm-client.ts", import.meta.url).pathname;

/** Asks upstream, a new bare pipe and a new Candor by turns, one request at a time. */
export async function measureWarm(turns = TURNS): Promise<WarmTimes[]> {
  const results: WarmTimes[] = [];
  for (const answer of ["plain", "short"] as const) {
    await using servers = new AsyncDisposableStack();
    const upstream = await startServer([process.execPath, UPSTREAM]);
    servers.defer(() => upstream.stop());
    const proxies = [await startBarePipe(upstream), await startCandor(upstream)];
    for (const proxy of proxies) servers.defer(() => proxy.stop());
    const urls = proxies.map((proxy) => targetOf(proxy).chatUrl);
    const asked = [String(turns), answer, `${upstream.url}/chat/completions`, ...urls];
    const output = await runToEnd([process.execPath, CLIENT, ...asked]);
    results.push({ answer, turns: JSON.parse(output) });
  }
  return results;
}

/** What is added, by how many requests the proxy has had before. */
export function describeWarm(times: WarmTimes[]): string {
  const rows = times.flatMap((each) => SPANS.map((span) => describeSpan(each, span)));
  const head = ["", "requests", "upstream itself p50, ms", "bare pipe adds p50"];
  return markdownTable([
    [...head, "Candor adds p50", "bare pipe adds p99", "Candor adds p99"],
    ...rows,
  ]);
}

/** By how much Candor's median, once it is warm, is above upstream's own. */
export function addedOnceWarm(times: WarmTimes[], answer: WarmTimes["answer"]): number {
  const turns = times.find((each) => each.answer === answer)?.turns ?? [];
  const [from = 0, to] = SPANS.at(-1) ?? [];
  return added(turns.slice(from, to), 2, 50);
}

/** By how much the slowest of the first requests to a new Candor are above upstream's own, p99. */
export function addedAtFirst(times: WarmTimes[]): number {
  const [from = 0, to] = SPANS[0] ?? [];
  return Math.max(...times.map(({ turns }) => added(turns.slice(from, to), 2, 99)));
}

function describeSpan({ answer, turns }: WarmTimes, [from, to]: [number, number]): string[] {
  const part = turns.slice(from, to);
  const direct = percentile(
    part.map(([ms]) => ms),
    50,
  );
  const figures = [direct, added(part, 1, 50), added(part, 2, 50)];
  const extremes = [added(part, 1, 99), added(part, 2, 99)];
  const name = answer === "plain" ? "small answer" : "first bytes of a stream";
  return [name, `${from + 1} to ${to}`, ...[...figures, ...extremes].map(format)];
}

function added(turns: WarmTimes["turns"], way: 1 | 2, share: number): number {
  const of = (index: 0 | 1 | 2) =>
    percentile(
      turns.map((turn) => turn[index]),
      share,
    );
  return of(way) - of(0);
}
