import type { ExchangeRecord, Exhibit, RecordSink } from "./record.ts";
import { createTimeline, type Timeline } from "./timeline.ts";

/** An exchange that is over, with its number: request ids may be chosen twice. */
export interface Seen {
  n: number;
  record: ExchangeRecord;
}

/** Keeps the last exchanges, and those that are open, for the page. */
export interface Ring {
  sink: RecordSink;
  /** What is under way, the oldest first. The records go on to change. */
  open(): ExchangeRecord[];
  /** The last that are over, the oldest first. */
  recent(): Seen[];
  find(n: number): { record: ExchangeRecord; exhibit: Exhibit | undefined } | undefined;
  timeline: Timeline;
  /** Calls at every end of an exchange, until the function given back is called. */
  subscribe(listener: (seen: Seen) => void): () => void;
}

/** How many exchanges are kept. */
const MOST_KEPT = 500;

/** How many characters of exhibits are kept in all; the oldest go first. */
const MOST_EXHIBITED = 4 * 2 ** 20;

/** What can be set otherwise, for a test. */
export interface RingSettings {
  mostKept?: number;
  mostExhibited?: number;
  now?: () => number;
}

/** Creates a ring. It holds no request bodies: records have none. */
export function createRing(settings: RingSettings = {}): Ring {
  const { mostKept = MOST_KEPT, mostExhibited = MOST_EXHIBITED, now = Date.now } = settings;
  const open = new Set<ExchangeRecord>();
  const kept: Seen[] = [];
  const exhibits = new Map<number, Exhibit>();
  const listeners = new Set<(seen: Seen) => void>();
  const timeline = createTimeline(open, now);
  let exhibited = 0;
  let last = 0;

  function exhibitLatest(exhibit: Exhibit): void {
    exhibits.set(last, exhibit);
    exhibited += sizeOf(exhibit);
    for (const [n, oldest] of exhibits) {
      if (exhibited <= mostExhibited) return;
      exhibited -= sizeOf(oldest);
      exhibits.delete(n);
    }
  }
  return {
    sink: {
      begin: (record) => void open.add(record),
      end(record, exhibit) {
        open.delete(record);
        const seen = { n: ++last, record };
        kept[last % mostKept] = seen;
        if (exhibit !== undefined) exhibitLatest(exhibit);
        timeline.count(record);
        for (const listener of listeners) listener(seen);
      },
    },
    open: () => [...open],
    recent: () =>
      kept.filter((seen) => seen !== undefined).toSorted((one, other) => one.n - other.n),
    find(n) {
      const seen = kept[n % mostKept];
      return seen?.n === n ? { record: seen.record, exhibit: exhibits.get(n) } : undefined;
    },
    timeline,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function sizeOf({ upstreamError, answer }: Exhibit): number {
  return upstreamError.length + answer.length;
}
