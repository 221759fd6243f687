import { useEffect, useState } from "preact/hooks";
import { EMPTY_MODEL, type LiveModel } from "../live-model.ts";
import { spansOf } from "../past-spans.ts";
import { rangeTimes } from "../time-range.ts";
import type { HistoryAnswer } from "../wire.ts";
import { requestHeaders } from "./page-key.ts";

/** Exchanges of a time range, in place of the live view. */
export interface Past {
  model: LiveModel;
  until: number;
  /** Why there are not all, or none. */
  problem: string;
}

/** The history of a range; undefined for the live view. */
export function useHistory(range: string): Past | undefined {
  const [past, setPast] = useState<Past>();
  useEffect(() => {
    setPast(undefined);
    if (range === "") return undefined;
    const leaving = new AbortController();
    void load(range, leaving.signal).then((loaded) => {
      if (!leaving.signal.aborted) setPast(loaded);
    });
    return () => leaving.abort();
  }, [range]);
  if (range === "") return undefined;
  return past ?? { model: EMPTY_MODEL, until: Date.now(), problem: "Loading…" };
}

async function load(range: string, signal: AbortSignal): Promise<Past> {
  const { from, to } = rangeTimes(range, Date.now());
  try {
    const headers = requestHeaders();
    const response = await fetch(`/page/history?from=${from}&to=${to}`, { headers, signal });
    if (!response.ok) throw new Error(String(response.status));
    const { records, isCut }: HistoryAnswer = await response.json();
    const rows = records
      .toReversed()
      .map((record, index) => ({ id: `past-${record.at}-${index}`, n: 0, server: 0, record }));
    const model = {
      ...EMPTY_MODEL,
      rows,
      spans: spansOf(
        rows.map(({ record }) => record),
        from,
        to,
      ),
    };
    const problem = isCut
      ? `These are the latest ${records.length}; choose less time to see more.`
      : "";
    return { model, until: to, problem };
  } catch {
    return { model: EMPTY_MODEL, until: to, problem: "The history could not be read." };
  }
}
