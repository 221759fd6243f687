/** OpenTelemetry's bounds for HTTP durations in seconds, and more: answers may take ten minutes. */
export const BOUNDS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 120, 300, 600,
];

/** How often durations fell between which bounds. */
export interface Buckets {
  /** One for each bound, not cumulative, and one for what is above all. */
  counts: number[];
  sum: number;
}

export function emptyBuckets(): Buckets {
  return { counts: Array.from({ length: BOUNDS.length + 1 }, () => 0), sum: 0 };
}

/** Counts a duration. */
export function observe(buckets: Buckets, ms: number): void {
  const seconds = ms / 1000;
  let index = 0;
  while (index < BOUNDS.length && seconds > (BOUNDS[index] ?? 0)) index += 1;
  buckets.counts[index] = (buckets.counts[index] ?? 0) + 1;
  buckets.sum += seconds;
}

/** Adds what others have counted. */
export function addBuckets(to: Buckets, from: Buckets): void {
  from.counts.forEach((count, index) => {
    to.counts[index] = (to.counts[index] ?? 0) + count;
  });
  to.sum += from.sum;
}
