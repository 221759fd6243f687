import type { ExchangeRecord } from "./record.ts";
import { upstreamFailure } from "./upstream-failure.ts";

/** What happened within one span of time. */
export interface Span {
  /** When it began, in epoch milliseconds. */
  at: number;
  exchanges: number;
  /** Failures of upstream, the hidden ones included. */
  failures: number;
  hidden: number;
  /** The most exchanges that were open, and held, when it was looked. */
  open: number;
  held: number;
  /** To the first byte of streams; undefined where there was none. */
  firstP50?: number;
  firstP95?: number;
}

/** Counts exchanges by spans of ten seconds, for the last half hour. */
export interface Timeline {
  count(record: ExchangeRecord): void;
  /** Looks at what is open now. Meant to be called more often than once a span. */
  sample(): void;
  /** The spans up to now, the oldest first, those without exchanges included. */
  spans(): Span[];
}

export const SPAN_MS = 10_000;
const MOST_SPANS = 180;

/** How many first bytes of a span are kept to know their median; later ones take random places. */
const MOST_TIMES = 200;

interface Counted {
  span: Span;
  times: number[];
  /** How many there were, kept or not. */
  timed: number;
}

/** Creates a timeline; `open` are the exchanges under way. */
export function createTimeline(
  open: ReadonlySet<ExchangeRecord>,
  now: () => number = Date.now,
): Timeline {
  const spans: Counted[] = [emptySpan(now())];

  /** The span that is now; those that passed without exchanges are put before it. */
  function current(): Counted {
    const at = spanOf(now());
    let latest = spans.at(-1) ?? emptySpan(at);
    if (at - latest.span.at > MOST_SPANS * SPAN_MS) spans.length = 0;
    const first = spans.length === 0 ? at : latest.span.at + SPAN_MS;
    for (let next = first; next <= at; next += SPAN_MS) spans.push((latest = emptySpan(next)));
    if (spans.length > MOST_SPANS) spans.splice(0, spans.length - MOST_SPANS);
    return latest;
  }
  function sample(): void {
    const { span } = current();
    let held = 0;
    for (const { state } of open) if (state === "holding") held += 1;
    span.open = Math.max(span.open, open.size);
    span.held = Math.max(span.held, held);
  }
  return {
    count(record) {
      const counted = current();
      const { span } = counted;
      const failure = upstreamFailure(record);
      span.exchanges += 1;
      if (failure !== "none") span.failures += 1;
      if (failure === "hidden") span.hidden += 1;
      if (record.stream === true && record.relayReason === "content") {
        addTime(counted, record.firstByteMs);
      }
    },
    sample,
    spans() {
      sample();
      return spans.map(shown);
    },
  };
}

function spanOf(time: number): number {
  return time - (time % SPAN_MS);
}

function emptySpan(time: number): Counted {
  const at = spanOf(time);
  const span = { at, exchanges: 0, failures: 0, hidden: 0, open: 0, held: 0 };
  return { span, times: [], timed: 0 };
}

/** Reservoir sampling (Vitter, algorithm R): each time has the same chance to be kept. */
function addTime(counted: Counted, ms: number | undefined): void {
  if (ms === undefined) return;
  const { times } = counted;
  counted.timed += 1;
  const place =
    times.length < MOST_TIMES ? times.length : Math.floor(Math.random() * counted.timed);
  if (place < MOST_TIMES) times[place] = ms;
}

function shown({ span, times }: Counted): Span {
  if (times.length === 0) return span;
  const sorted = times.toSorted((one, other) => one - other);
  const rank = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  return { ...span, firstP50: rank(0.5), firstP95: rank(0.95) };
}
