/** A straight line through points, by least squares, and how far the points lie from it. */
export interface Trend {
  /** By how much the line rises for one more of `x`. */
  slope: number;
  /** The standard deviation of the points around the line. */
  spread: number;
}

/** The trend of some values over `x`. */
export function trend(x: number[], values: number[]): Trend {
  const [middleX, middle] = [mean(x), mean(values)];
  const products = x.map((at, index) => (at - middleX) * ((values[index] ?? 0) - middle));
  const squares = x.map((at) => (at - middleX) ** 2);
  const slope = mean(products) / mean(squares);
  const distances = x.map((at, index) => (values[index] ?? 0) - middle - slope * (at - middleX));
  return { slope, spread: Math.sqrt(mean(distances.map((distance) => distance ** 2))) };
}

/** The value that so many of a hundred values do not exceed; NaN where there are none. */
export function percentile(values: number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
}

/** The mean; NaN where there are no values. */
export function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
