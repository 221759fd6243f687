/** The ranges that the page offers, by what its address calls them. */
export const RANGES: [value: string, words: string, ms: number][] = [
  ["1h", "Last hour", 3_600_000],
  ["24h", "Last 24 hours", 86_400_000],
  ["7d", "Last 7 days", 7 * 86_400_000],
];

/** A range of one's own, such as `2026-11-29T03:00/2026-11-29T04:00`, in the reader's time zone. */
export const OWN_RANGE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)\/(\d{4}-\d\d-\d\dT\d\d:\d\d)$/;

/** From when to when a range lasts, in epoch milliseconds; the last hour where it is none. */
export function rangeTimes(range: string, now: number): { from: number; to: number } {
  const [, from, to] = OWN_RANGE.exec(range) ?? [];
  if (from !== undefined && to !== undefined) {
    return { from: new Date(from).getTime(), to: new Date(to).getTime() };
  }
  const ms = RANGES.find(([value]) => value === range)?.[2] ?? 3_600_000;
  return { from: now - ms, to: now };
}
