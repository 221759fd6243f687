import type { BenchResult } from "./bench-run.ts";
import { FIGURES, type FigureName } from "./figures.ts";
import { spreadOf, type Spread } from "./statistics.ts";
import type { Workload } from "./workloads.ts";

/** A column of a workload's table: what each contender has in it, by name. */
export interface Column {
  title: string;
  figure: FigureName;
  /** It says how many times the bare pipe's figure the figure is. */
  isRatio: boolean;
  cells: Map<string, Spread>;
  /** Where the cells say what is added to it: what upstream itself takes. */
  direct?: Spread;
}

/** What contenders are compared with, by name. */
export const DIRECT = "direct";
export const BARE_PIPE = "bare pipe";

/** The columns of a workload, the rounds of each contender brought together. */
export function columnsOf(result: BenchResult, workload: Workload): Column[] {
  return workload.figures.flatMap((figure) => {
    const { title, comparison } = FIGURES[figure];
    const unit = figure === "cpu" ? ` per ${workload.unit?.name}` : "";
    const values = valuesOf(result, workload, figure);
    const absolute = { title: title + unit, figure, isRatio: false };
    if (comparison === "direct") {
      const added = compared(values, DIRECT, (value, direct) => value - direct);
      const direct = spreads(values).get(DIRECT);
      const cells = spreads(added);
      return { ...absolute, title: `added ${title}`, cells, ...(direct && { direct }) };
    }
    const plain = { ...absolute, cells: spreads(values) };
    if (comparison === "nothing") return plain;
    const ratios = compared(values, BARE_PIPE, (value, bare) => value / bare);
    return [plain, { title: `× ${BARE_PIPE}`, figure, isRatio: true, cells: spreads(ratios) }];
  });
}

/** Each contender's values of one figure, by round. */
type Values = Map<string, Map<number, number>>;

function valuesOf({ runs }: BenchResult, { id }: Workload, figure: FigureName): Values {
  const values: Values = new Map();
  for (const { workload, contender, round, figures } of runs) {
    const value = figures[figure];
    if (workload !== id || value === undefined) continue;
    const rounds = values.get(contender) ?? new Map<number, number>();
    values.set(contender, rounds.set(round, value));
  }
  return values;
}

/** Every value beside the one that another contender had in the same round. */
function compared(
  values: Values,
  other: string,
  compare: (value: number, other: number) => number,
): Values {
  const others = values.get(other) ?? new Map<number, number>();
  const result: Values = new Map();
  for (const [contender, rounds] of values) {
    if (contender === other) continue;
    const pairs = Array.from(rounds, ([round, value]): [number, number] => [
      round,
      compare(value, others.get(round) ?? Number.NaN),
    ]);
    result.set(contender, new Map(pairs));
  }
  return result;
}

function spreads(values: Values): Map<string, Spread> {
  const all = Array.from(values, ([contender, rounds]): [string, Spread] => [
    contender,
    spreadOf([...rounds.values()]),
  ]);
  return new Map(all.filter(([, { median }]) => Number.isFinite(median)));
}
