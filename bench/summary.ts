import type { BenchResult } from "./bench-run.ts";
import { describeDistances } from "./distance/report.ts";
import type { DistanceResult, Turns } from "./distance/measure.ts";
import { FAILURE_NAMES } from "./failures.ts";
import type { FigureName } from "./figures.ts";
import { percentile } from "./soak/figures.ts";
import { columnsOf, DIRECT } from "./report-columns.ts";
import { format, markdownTable } from "./statistics.ts";
import { addedOnceWarm, describeWarm, type WarmTimes } from "./warm/warm.ts";

/** A whole run of `bun run bench`: the workloads, one warm client, and one far from upstream. */
export interface WholeResult extends BenchResult {
  warm?: WarmTimes[];
  distance?: { results: DistanceResult[]; turns: Turns };
}

/** A line of the short table: a figure of a workload. */
interface Line {
  title: string;
  workload: string;
  figure: FigureName;
}

const LINES: Line[] = [
  { title: "CPU s per 1,000 small requests", workload: "small", figure: "cpu" },
  { title: "CPU s per 100,000 events, full speed", workload: "burst", figure: "cpu" },
  { title: "CPU s per 100,000 events, each alone", workload: "events", figure: "cpu" },
  {
    title: "added ms, small answer, 100 a second, p50",
    workload: "small-rate",
    figure: "answerP50",
  },
  { title: "added ms, first token of 500 streams, p50", workload: "paced", figure: "firstTextP50" },
  { title: "the same, p99", workload: "paced", figure: "firstTextP99" },
  { title: "MB per 1,000 held streams", workload: "held", figure: "memory" },
];

/** When and where a run was, in parentheses. */
export function describeWhen({ date, minutes, machine, loadAverages, contenders }: BenchResult) {
  const [before, after] = loadAverages.map((average) => average.toFixed(1));
  const version = contenders.find(({ name }) => name === "Candor")?.version ?? "unknown";
  return (
    `\`bun run bench\` (${date} UTC, ${Math.ceil(minutes)} minutes, Candor ${version}, ${machine}; ` +
    `load average ${before} before, ${after} after)`
  );
}

/** The short table: the figures that matter, a column for each contender. */
export function costTable(result: BenchResult): string {
  const names = result.contenders
    .filter(({ name, version }) => name !== DIRECT && version !== undefined)
    .map(({ name }) => name);
  const rows = LINES.map((line) => [
    line.title,
    ...names.map((name) => cellOf(result, line, name)),
  ]);
  const hidden = names.map((name) => describeHidden(result, name));
  return markdownTable([
    ["", ...names],
    ...rows,
    ["kinds of hidden failure that came as a success", ...hidden],
  ]);
}

/** The sections on the warm client and on the distance, with the level of their headings. */
export function describeClients({ warm, distance }: WholeResult): string[] {
  return [
    ...(warm === undefined
      ? []
      : ["## One warm client, one request at a time", describeWarm(warm)]),
    ...(distance === undefined
      ? []
      : ["## Far from upstream", describeDistances(distance.results, distance.turns)]),
  ];
}

/** The lines of the README. */
export function readmeLines(result: WholeResult): string {
  const { warm, distance } = result;
  const of = (workload: string, figure: FigureName, name: string) =>
    cellOf(result, { title: "", workload, figure }, name);
  const cpu = (workload: string) =>
    `${of(workload, "cpu", "Candor")} s (bare pipe ${of(workload, "cpu", "bare pipe")}, nginx ` +
    `${of(workload, "cpu", "nginx")})`;
  const far = distance?.results.at(-1);
  const curl = far?.cold.find(({ client }) => client === "curl");
  return [
    ...(far && curl
      ? [
          `- A cold client ${far.roundTripMs} ms from upstream has its first token after ` +
            `${median(curl.throughCandorMs)} ms in place of ${median(curl.straightMs)} ms (curl).`,
        ]
      : []),
    ...(warm ? [`- A warm client waits ${format(addedOnceWarm(warm, "plain"))} ms longer.`] : []),
    `- 1,000 small requests take ${cpu("small")} of processor time.`,
    `- 100,000 events that come one by one take ${cpu("events")}.`,
    `- 1,000 open streams take ${of("held", "memory", "Candor")} MB.`,
  ].join("\n");
}

function cellOf(result: BenchResult, { workload: id, figure }: Line, name: string): string {
  const workload = result.workloads.find((each) => each.id === id);
  if (workload === undefined) return "–";
  const column = columnsOf(result, workload).find(
    (each) => each.figure === figure && !each.isRatio,
  );
  const spread = column?.cells.get(name);
  return spread === undefined ? "–" : format(spread.median);
}

function describeHidden({ runs }: BenchResult, name: string): string {
  const tallies = runs
    .filter(({ workload, contender }) => workload === "failing" && contender === name)
    .flatMap(({ tally }) => tally ?? []);
  const hiding = FAILURE_NAMES.filter((failure) => failure !== "error-in-status");
  const came = hiding.filter((failure) =>
    tallies.some(({ failures }) => failures[failure].disguised > 0),
  );
  return tallies.length === 0 ? "–" : `${came.length} of ${hiding.length}`;
}

function median(values: number[]): string {
  return percentile(values, 50).toFixed(0);
}
