import type { ExchangeRecord } from "../observe/record.ts";
import type { Span } from "../observe/timeline.ts";
import type { FeedMessage, Now, PageFeatures } from "./wire.ts";

/** An exchange on the page. */
export interface Row {
  /** Unique on the page, across restarts of the server. */
  id: string;
  /** Its number, and when the server began that gave it. */
  n: number;
  server: number;
  record: ExchangeRecord;
}

/** All that the page has been told. */
export interface LiveModel {
  /** The oldest first. */
  rows: Row[];
  spans: Span[];
  now: Now | undefined;
  features: PageFeatures;
}

export const EMPTY_MODEL: LiveModel = {
  rows: [],
  spans: [],
  now: undefined,
  features: { hasHistory: false, hasCapture: false, trials: [] },
};

const MOST_ROWS = 500;
const MOST_SPANS = 180;

/** The model after one more message. What a server said before it was restarted stays. */
export function withMessage(model: LiveModel, message: FeedMessage): LiveModel {
  switch (message.kind) {
    case "hello": {
      const { features, recent, spans, now } = message;
      const known = new Set(model.rows.map(({ id }) => id));
      const rows = recent.map(({ n, record }) => rowOf(now.status.startedAt, n, record));
      const added = rows.filter(({ id }) => !known.has(id));
      return {
        features,
        rows: lastOf([...model.rows, ...added]),
        spans: mergeSpans(model.spans, spans),
        now,
      };
    }
    case "ended": {
      const server = model.now?.status.startedAt ?? 0;
      const added = message.seen.map(({ n, record }) => rowOf(server, n, record));
      return { ...model, rows: lastOf([...model.rows, ...added]) };
    }
    case "tick":
      return { ...model, spans: mergeSpans(model.spans, message.spans), now: message.now };
  } // no default: the compiler reports a missing case
}

function rowOf(server: number, n: number, record: ExchangeRecord): Row {
  return { id: `${server}-${n}`, n, server, record };
}

function lastOf(rows: Row[]): Row[] {
  return rows.slice(-MOST_ROWS);
}

/** New spans take the place of what was known of the same time. */
function mergeSpans(known: Span[], told: Span[]): Span[] {
  const byTime = new Map([...known, ...told].map((span) => [span.at, span]));
  return [...byTime.values()].toSorted((one, other) => one.at - other.at).slice(-MOST_SPANS);
}
