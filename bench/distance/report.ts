import { percentile } from "../soak/figures.ts";
import { markdownTable } from "../statistics.ts";
import type { ClientTimes, DistanceResult, Times, Turns } from "./measure.ts";

/** From this round trip on, a cold client has to be ahead. */
const FAR_MS = 60;

/** The tables of a run: cold clients, and the warm one. */
export function describeDistances(results: DistanceResult[], turns: Turns): string {
  const cold = results.flatMap(({ roundTripMs, cold: clients }) =>
    clients.map((times) => coldRow(roundTripMs, times)),
  );
  const columns = ["straight p50", "with Candor p50", "straight p99", "with Candor p99"];
  return [
    `Cold: milliseconds up to the first token of a stream, ${turns.cold} new processes each way, by ` +
      `turns; p99 is therefore the slowest of ${turns.cold}.`,
    markdownTable([["round trip", "cold client", ...columns], ...cold]),
    `Warm: one process of Node with \`openai\` that keeps its own connection, ${turns.warm} requests ` +
      "each way, by turns.",
    markdownTable([
      ["round trip", ...columns, "added p50", "connections of Candor to upstream"],
      ...results.map(warmRow),
    ]),
  ].join("\n\n");
}

/** The cold clients that are not ahead with Candor, far from upstream, in a sentence each. */
export function findLate(results: DistanceResult[]): string[] {
  return results
    .filter(({ roundTripMs }) => roundTripMs >= FAR_MS)
    .flatMap(({ roundTripMs, cold }) =>
      cold
        .filter(({ straightMs, throughCandorMs }) => !(p50(throughCandorMs) < p50(straightMs)))
        .map(({ client }) => `At ${roundTripMs} ms, ${client} is not ahead with Candor.`),
    );
}

/** What a run measured, as data: one line of JSON. */
export function distancesAsJson(results: DistanceResult[]): string {
  return JSON.stringify(
    results.map(({ roundTripMs, cold, warm, connections, requests }) => {
      const clients = cold.map((times) => ({ client: times.client, ...figuresOf(times) }));
      return { roundTripMs, cold: clients, warm: figuresOf(warm), connections, requests };
    }),
  );
}

function figuresOf({ straightMs, throughCandorMs }: Times) {
  return {
    straightP50Ms: rounded(p50(straightMs)),
    straightP99Ms: rounded(percentile(straightMs, 99)),
    candorP50Ms: rounded(p50(throughCandorMs)),
    candorP99Ms: rounded(percentile(throughCandorMs, 99)),
  };
}

function coldRow(roundTripMs: number, times: ClientTimes): string[] {
  const [straightP50, candorP50 = "", ...p99] = columnsOf(times);
  return [`${roundTripMs} ms`, times.client, straightP50 ?? "", `**${candorP50}**`, ...p99];
}

function warmRow({ roundTripMs, warm, connections, requests }: DistanceResult): string[] {
  const { straightP50Ms, candorP50Ms } = figuresOf(warm);
  const added = oneDigit(candorP50Ms - straightP50Ms);
  return [
    `${roundTripMs} ms`,
    ...columnsOf(warm),
    added,
    `${connections} for ${requests} requests`,
  ];
}

function columnsOf(times: Times): string[] {
  const { straightP50Ms, candorP50Ms, straightP99Ms, candorP99Ms } = figuresOf(times);
  return [straightP50Ms, candorP50Ms, straightP99Ms, candorP99Ms].map(oneDigit);
}

function p50(values: number[]): number {
  return percentile(values, 50);
}

function rounded(ms: number): number {
  return Number(ms.toFixed(2));
}

function oneDigit(ms: number): string {
  return ms.toFixed(1);
}
