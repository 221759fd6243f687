import type { ExchangeRecord } from "../observe/record.ts";
import type { Span } from "../observe/timeline.ts";
import { upstreamFailure } from "../observe/upstream-failure.ts";

const SPANS = 120;

/** Counts exchanges of a range of the history by spans of the same length. */
export function spansOf(records: ExchangeRecord[], from: number, to: number): Span[] {
  const length = Math.max(1, (to - from) / SPANS);
  const times: number[][] = Array.from({ length: SPANS }, () => []);
  const spans = Array.from({ length: SPANS }, (_, index): Span => {
    const at = Math.round(from + index * length);
    return { at, exchanges: 0, failures: 0, hidden: 0, open: 0, held: 0 };
  });
  for (const record of records) {
    const index = Math.min(SPANS - 1, Math.max(0, Math.floor((record.at - from) / length)));
    const span = spans[index];
    if (span === undefined) continue;
    const failure = upstreamFailure(record);
    span.exchanges += 1;
    if (failure !== "none") span.failures += 1;
    if (failure === "hidden") span.hidden += 1;
    const isFirst = record.stream === true && record.relayReason === "content";
    if (isFirst && record.firstByteMs !== undefined) times[index]?.push(record.firstByteMs);
  }
  return spans.map((span, index) => withTimes(span, times[index] ?? []));
}

function withTimes(span: Span, times: number[]): Span {
  if (times.length === 0) return span;
  const sorted = times.toSorted((one, other) => one - other);
  const rank = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  return { ...span, firstP50: rank(0.5), firstP95: rank(0.95) };
}
