import type { ExchangeRecord } from "../observe/record.ts";

/** Of how many of the latest streams the times are told. */
const LATEST = 100;

/** How long streams take to their first byte; undefined where there were none. */
export function firstTokenTimes(
  records: ExchangeRecord[],
): { median: number; p95: number } | undefined {
  const times = records.flatMap(({ stream, relayReason, firstByteMs }) =>
    stream === true && relayReason === "content" && firstByteMs !== undefined ? [firstByteMs] : [],
  );
  const sorted = times.slice(-LATEST).toSorted((one, other) => one - other);
  const rank = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  return sorted.length === 0 ? undefined : { median: rank(0.5), p95: rank(0.95) };
}
