/** The middle of some numbers, and the extremes. */
export interface Spread {
  median: number;
  least: number;
  most: number;
}

/** The middle of some numbers. */
export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  const high = sorted[Math.ceil((sorted.length - 1) / 2)] ?? Number.NaN;
  return (low + high) / 2;
}

/** The middle and the extremes of some numbers. */
export function spreadOf(numbers: number[]): Spread {
  return { median: median(numbers), least: Math.min(...numbers), most: Math.max(...numbers) };
}

/** A spread in words: `2.20 (2.10–2.31)`; of a single number, that number. */
export function describeSpread(spread: Spread, describe: (value: number) => string): string {
  const [middle, least, most] = [spread.median, spread.least, spread.most].map(describe);
  return least === most ? `${middle}` : `${middle} (${least}–${most})`;
}

/** A number with three digits that count: `0.0873`, `12.4`, `12,400`. */
export function format(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 });
}

/** Rows as a Markdown table; the first is its head. */
export function markdownTable([head = [], ...rows]: string[][]): string {
  return [head, head.map(() => "---"), ...rows].map(tableRow).join("\n");
}

function tableRow(cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}
