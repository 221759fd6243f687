import type { ExchangeRecord, RecordSink } from "../observe/record.ts";

/** Counts the wrong keys that clients show, by the client's address. */
export interface WrongKeys extends RecordSink {
  /** How many each address has shown; beyond a thousand addresses the rest are `OTHERS`. */
  counts(): ReadonlyMap<string, number>;
}

/** Stands for all addresses that came when there were too many. */
export const OTHERS = "others";

/** So that somebody with many addresses cannot fill the memory. */
const MOST_ADDRESSES = 1000;

/** Creates the count. `warn` is told of an address at its 10th wrong key, its 100th, and so on. */
export function createWrongKeys(warn: (message: string) => void): WrongKeys {
  const counts = new Map<string, number>();
  return {
    end({ rule, client = OTHERS }: ExchangeRecord) {
      if (rule !== "wrong-key") return;
      const isCounted = counts.has(client) || counts.size < MOST_ADDRESSES;
      const address = isCounted ? client : OTHERS;
      const count = (counts.get(address) ?? 0) + 1;
      counts.set(address, count);
      if (/^10+$/.test(String(count))) warn(`${address} has shown ${count} wrong API keys`);
    },
    counts: () => counts,
  };
}
