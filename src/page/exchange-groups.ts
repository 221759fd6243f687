import type { ExchangeRecord } from "../observe/record.ts";
import { upstreamFailure } from "../observe/upstream-failure.ts";

/** By what exchanges can be told apart. */
export type Grouping = "model" | "provider" | "key";

/** Exchanges that have something in common. */
export interface ExchangeGroup {
  /** Empty where nothing is known, such as the provider of a request that failed at once. */
  name: string;
  exchanges: number;
  failures: number;
  hidden: number;
}

/** Groups exchanges, those with most failures first, then those with most exchanges. */
export function groupExchanges(records: ExchangeRecord[], grouping: Grouping): ExchangeGroup[] {
  const groups = new Map<string, ExchangeGroup>();
  for (const record of records) {
    if (record.outcome === "refused" && grouping !== "key") continue;
    const name = nameOf(record, grouping);
    const group = groups.get(name) ?? { name, exchanges: 0, failures: 0, hidden: 0 };
    const failure = upstreamFailure(record);
    group.exchanges += 1;
    if (failure !== "none") group.failures += 1;
    if (failure === "hidden") group.hidden += 1;
    groups.set(name, group);
  }
  return [...groups.values()].toSorted(
    (one, other) => other.failures - one.failures || other.exchanges - one.exchanges,
  );
}

function nameOf(record: ExchangeRecord, grouping: Grouping): string {
  switch (grouping) {
    case "model":
      return record.model ?? "";
    case "provider":
      return record.facts.provider ?? "";
    case "key":
      return record.keyName ?? "";
  } // no default: the compiler reports a missing case
}
