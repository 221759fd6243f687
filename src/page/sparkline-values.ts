import { SPAN_MS, type Span } from "../observe/timeline.ts";

/** How many stretches of time a sparkline has. */
const STRETCHES = 36;

/** How many spans make a stretch in the live view: all of half an hour is shown from the start. */
const SPANS_EACH = 5;

/** How the spans of a stretch come to one value. */
type Join = (values: number[]) => number;

export const sum: Join = (values) => values.reduce((total, value) => total + value, 0);
export const most: Join = (values) => Math.max(...values);
export const mean: Join = (values) => sum(values) / values.length;

/**
 * The values of a sparkline: of so many spans as a stretch has, up to the latest. A stretch of which
 * nothing is known is null.
 */
export function sparklineValues(
  spans: Span[],
  read: (span: Span) => number | undefined,
  join: Join,
): (number | null)[] {
  const first = spans[0];
  const last = spans.at(-1);
  if (first === undefined || last === undefined) return [];
  const isLive = spans.length < 2 || (last.at - first.at) / (spans.length - 1) <= SPAN_MS;
  const each = isLive ? SPANS_EACH : Math.ceil(spans.length / STRETCHES);
  const stretches: number[][] = Array.from({ length: STRETCHES }, () => []);
  spans.forEach((span, index) => {
    const value = read(span);
    const place = STRETCHES - 1 - Math.floor((spans.length - 1 - index) / each);
    if (value !== undefined) stretches[place]?.push(value);
  });
  return stretches.map((values) => (values.length === 0 ? null : join(values)));
}
