/**
 * `bun run soak [--minutes N] [--rate R] [--sample SECONDS] [--http2]`: an ordinary day of the proxy, at a
 * constant rate: plain requests, streams, held streams, failures, clients that leave. Says what it
 * takes, and whether its memory grew. Writes a table to /tmp and a plot to docs/soak.svg. On Linux.
 */
import { mean, trend } from "./figures.ts";
import { plotSvg } from "./plot.ts";
import { runSoak, type SoakSample } from "./run.ts";
import { markdownTable } from "../statistics.ts";
import { readOptions } from "../read-options.ts";
import { startTimeProgress } from "../time-progress.ts";

const PLOT = new URL("../../docs/soak.svg", import.meta.url).pathname;

const USAGE = `bun run soak [options]
  --minutes N        for how long (30)
  --rate R           requests per second (50)
  --sample SECONDS   how often memory is read (5)
  --plot FILE        where the plot goes (docs/soak.svg)
  --http2            upstream is reached over HTTP/2 (UPSTREAM_HTTP2)`;

const values = readOptions(USAGE, {
  minutes: { type: "string", default: "30" },
  rate: { type: "string", default: "50" },
  sample: { type: "string", default: "5" },
  plot: { type: "string", default: PLOT },
  http2: { type: "boolean", default: false },
});
const minutes = Number(values.minutes);
const csv = `/tmp/candor-soak-${Date.now()}.csv`;
const progress = startTimeProgress(Math.round(minutes * 60));
const { samples, exchanges, violations } = await runSoak({
  minutes,
  requestsPerSecond: Number(values.rate),
  sampleSeconds: Number(values.sample),
  isHttp2: values.http2,
});
progress[Symbol.dispose]();
await Bun.write(csv, csvText());
await Bun.write(values.plot, plot());
console.log(`${summary()}\n\nSamples: ${csv}, plot: ${values.plot}`);
for (const violation of violations) console.log(`VIOLATION ${violation}`);
process.exit(violations.length > 0 ? 1 : 0);

function column(name: keyof SoakSample, from: SoakSample[] = samples): number[] {
  return from.map((sample) => sample[name]);
}

function csvText(): string {
  const names = Object.keys(samples[0] ?? {});
  const rows = samples.map((sample) => Object.values(sample).map((value) => value.toFixed(3)));
  return `${[names, ...rows].map((row) => row.join(",")).join("\n")}\n`;
}

function plot(): string {
  const title = `Candor under ${values.rate} requests per second for ${minutes} minutes`;
  return plotSvg(title, column("minutes"), [
    {
      title: "memory, MB",
      series: [
        { name: "resident", color: "#1f5fa8", values: column("rssMb") },
        { name: "of it no file", color: "#d9730d", values: column("anonMb") },
      ],
    },
    {
      title: "plain request, ms",
      series: [
        { name: "p50", color: "#1f5fa8", values: column("plainP50Ms") },
        { name: "p99", color: "#d9730d", values: column("plainP99Ms") },
      ],
    },
    {
      title: "open",
      series: [
        { name: "sockets", color: "#1f5fa8", values: column("sockets") },
        { name: "requests", color: "#d9730d", values: column("inFlight") },
      ],
    },
  ]);
}

function summary(): string {
  return markdownTable([
    ["", `mean (least–most) of ${samples.length} samples`],
    ["exchanges", `${exchanges.toLocaleString("en")} in ${minutes} minutes`],
    ["violations", String(violations.length)],
    ["plain request, p50", shown("plainP50Ms", "ms")],
    ["plain request, p99", shown("plainP99Ms", "ms")],
    ["first event of a stream, p50 (upstream takes 50 ms)", shown("firstEventP50Ms", "ms")],
    ["first event of a stream, p99", shown("firstEventP99Ms", "ms")],
    ["open sockets", shown("sockets", "")],
    ["requests under way", shown("inFlight", "")],
    ["processor, Candor alone", shown("cpuPercent", "% of a core")],
    ["processor, with upstream and clients", shown("allCpuPercent", "% of a core")],
    ["resident memory", shown("rssMb", "MB")],
    ["memory that is no file", shown("anonMb", "MB")],
    ["trend of resident memory over the second half", describeTrend("rssMb")],
    ["trend of memory that is no file", describeTrend("anonMb")],
  ]);
}

function shown(name: keyof SoakSample, unit: string): string {
  const all = column(name).filter(Number.isFinite);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return `${mean(all).toFixed(1)} (${least.toFixed(1)}–${most.toFixed(1)}) ${unit}`.trim();
}

/** Growth counts where it is more than what memory goes up and down by anyway. */
function describeTrend(name: keyof SoakSample): string {
  const half = samples.slice(Math.floor(samples.length / 2));
  const hours = column("minutes", half).map((minute) => minute / 60);
  const { slope, spread } = trend(hours, column(name, half));
  const growth = slope * ((hours.at(-1) ?? 0) - (hours[0] ?? 0));
  const verdict = growth > 2 * spread ? "it grew" : "it did not grow";
  return `${slope.toFixed(1)} MB per hour, ±${spread.toFixed(1)} MB around it: ${verdict}`;
}
