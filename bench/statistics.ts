/** Both servers' cost in one round, in the unit of the workload. */
export interface Round {
  bare: number;
  candor: number;
}

/** The middle of some numbers. */
export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  const high = sorted[Math.ceil((sorted.length - 1) / 2)] ?? Number.NaN;
  return (low + high) / 2;
}

/** How many times the bare pipe's cost Candor's is: the median of the rounds, and the extremes. */
export function describeRatio(rounds: Round[]): string {
  const ratios = rounds.map(({ bare, candor }) => candor / bare);
  const [middle, least, most] = [median(ratios), Math.min(...ratios), Math.max(...ratios)];
  return `${middle.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

/** Rows as a Markdown table; the first is its head. */
export function markdownTable([head = [], ...rows]: string[][]): string {
  return [head, head.map(() => "---"), ...rows].map(tableRow).join("\n");
}

function tableRow(cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}
