import { percentile } from "../soak/figures.ts";
import { markdownTable } from "../statistics.ts";
import type { ClientTimes, DistanceResult, Times } from "./measure.ts";

/** From this round trip on, a cold client has to be ahead. */
const FAR_MS = 60;

/** The tables of a run: cold clients, and the warm one. */
export function describeDistances(results: DistanceResult[]): string {
  const cold = results.flatMap(({ roundTripMs, cold: clients }) =>
    clients.map((times) => coldRow(roundTripMs, times)),
  );
  const warm = results.map(warmRow);
  return [
    markdownTable([
      [
        "round trip",
        "cold client",
        "straight p50",
        "with Candor p50",
        "straight p99",
        "with Candor p99",
      ],
      ...cold,
    ]),
    markdownTable([
      [
        "round trip",
        "warm client, straight p50",
        "with Candor p50",
        "added",
        "connections of Candor to upstream",
      ],
      ...warm,
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
  const { straightP50Ms, straightP99Ms, candorP50Ms, candorP99Ms } = figuresOf(times);
  const figures = [straightP50Ms, candorP50Ms, straightP99Ms, candorP99Ms].map(inWords);
  return [inWords(roundTripMs), times.client, ...figures];
}

function warmRow({ roundTripMs, warm, connections, requests }: DistanceResult): string[] {
  const { straightP50Ms, candorP50Ms } = figuresOf(warm);
  const figures = [straightP50Ms, candorP50Ms, candorP50Ms - straightP50Ms];
  return [inWords(roundTripMs), ...figures.map(inWords), `${connections} for ${requests} requests`];
}

function p50(values: number[]): number {
  return percentile(values, 50);
}

function rounded(ms: number): number {
  return Number(ms.toFixed(2));
}

function inWords(ms: number): string {
  return `${Number(ms.toFixed(1))} ms`;
}
