import type { BenchResult } from "./bench-run.ts";
import { describeRun, type RunPlace } from "./describe-run.ts";
import { describeDistances } from "./distance/report.ts";
import type { DistanceResult, Turns } from "./distance/measure.ts";
import { FAILURE_NAMES } from "./failures.ts";
import type { FigureName } from "./figures.ts";
import { percentile } from "./soak/figures.ts";
import { columnsOf, DIRECT } from "./report-columns.ts";
import { format, markdownTable } from "./statistics.ts";
import { addedAtFirst, addedOnceWarm, describeWarm, type WarmTimes } from "./warm/warm.ts";

/** A run of `bun run bench`: the workloads, and of a whole one a warm client, and cold ones far away. */
export interface WholeResult extends BenchResult, RunPlace {
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
  { title: "MB per 1,000 open streams", workload: "open", figure: "memory" },
  {
    title: "MB per 1,000 streams that wait for their first word",
    workload: "held",
    figure: "memory",
  },
];

/** When and where a run was, and of which Candor. */
export function describeWhen(result: WholeResult): string {
  return describeRun("bun run bench", result, versionOfCandor(result));
}

/** The version of the Candor that was measured; undefined where none was. */
export function versionOfCandor({ contenders }: BenchResult): string | undefined {
  return contenders.find(({ name }) => name === "Candor")?.version;
}

/** The short table: a column for each contender but the slow ones, whose single round is too short. */
export function costTable(result: BenchResult): string {
  const names = result.contenders
    .filter(({ name, version, isSlow }) => name !== DIRECT && version !== undefined && !isSlow)
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
    ...(warm ? [describeWarmClient(warm)] : []),
    `- 1,000 small requests take ${cpu("small")} of processor time.`,
    `- 100,000 events that come one by one take ${cpu("events")}.`,
    `- 1,000 open streams take ${of("open", "memory", "Candor")} MB, 1,000 that wait for their first ` +
      `word ${of("held", "memory", "Candor")} MB.`,
  ].join("\n");
}

function describeWarmClient(warm: WarmTimes[]): string {
  const [plain, first] = [addedOnceWarm(warm, "plain"), addedOnceWarm(warm, "short")].map(format);
  return (
    `- A warm client waits ${plain} ms longer for a small answer, and ${first} ms for the first bytes ` +
    `of a stream (medians); from a process that has just started, up to ${format(addedAtFirst(warm))} ms.`
  );
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
