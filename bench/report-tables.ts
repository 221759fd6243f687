import type { BenchResult } from "./bench-run.ts";
import { FAILURE_NAMES, FAILURES, isFailureName } from "./failures.ts";
import type { Run } from "./measure.ts";
import { type Column, columnsOf, DIRECT } from "./report-columns.ts";
import { describeSpread, format, markdownTable } from "./statistics.ts";
import type { Workload } from "./workloads.ts";

/** What all contenders were, how they were set up, and which were not there. */
export function contendersTable({ contenders }: BenchResult): string {
  const rows = contenders.map(({ name, version, setUp, install }) => [
    name,
    version ?? `not installed here: \`${install}\``,
    setUp,
  ]);
  return markdownTable([["", "version", "set-up"], ...rows]);
}

/** The figures of one workload, and how many answers came wrong. */
export function workloadTable(result: BenchResult, workload: Workload): string {
  const columns = columnsOf(result, workload);
  const rows = contendersOf(result, workload).map(([name, runs]) => [
    name,
    ...columns.map((column) => describeCell(column, name)),
    describeErrors(runs),
    describeCount(runs, "rewritten"),
  ]);
  const head = ["", ...columns.map(({ title }) => title), "wrong", "rewritten"];
  return markdownTable([head, ...rows]);
}

/** How many of upstream's failures came as a success; undefined where it did not fail. */
export function failuresTable(result: BenchResult, workload: Workload): string | undefined {
  if (!workload.answers.some(isFailureName)) return undefined;
  const rows = contendersOf(result, workload).map(([name, runs]) => [
    name,
    ...FAILURE_NAMES.map((failure) => {
      const counts = runs.flatMap(({ tally }) => tally?.failures[failure] ?? []);
      const sent = sum(counts.map((count) => count.sent));
      return `${sum(counts.map(({ disguised }) => disguised))} of ${sent}`;
    }),
  ]);
  const head = ["", ...FAILURE_NAMES.map((failure) => FAILURES[failure].description)];
  return markdownTable([head, ...rows]);
}

/** Those that had a turn, in the order of the list, with their runs. */
function contendersOf({ contenders, runs }: BenchResult, { id }: Workload): [string, Run[]][] {
  const turns = runs.filter(({ workload }) => workload === id);
  return contenders
    .map(({ name }): [string, Run[]] => [name, turns.filter((run) => run.contender === name)])
    .filter(([, own]) => own.length > 0);
}

function describeCell({ cells, direct }: Column, name: string): string {
  const spread = cells.get(name);
  if (spread !== undefined) return describeSpread(spread, format);
  if (name !== DIRECT || direct === undefined) return "–";
  return `${describeSpread(direct, format)} in all`;
}

function describeErrors(runs: Run[]): string {
  const troubles = runs.flatMap(({ trouble }) => trouble ?? []);
  return [describeCount(runs, "errors"), ...new Set(troubles)].join("; ");
}

function describeCount(runs: Run[], count: "errors" | "rewritten"): string {
  const requests = sum(runs.map(({ tally }) => tally?.requests ?? 0));
  const counted = sum(runs.map(({ tally }) => tally?.[count] ?? 0));
  return counted === 0 ? "0" : `${counted} of ${requests.toLocaleString("en")}`;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
