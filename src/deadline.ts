/**
 * One timer for a chain of limits of which one holds at a time. Moving it costs a clock reading:
 * long limits, which nearly always are moved before they expire, share one ticking timer.
 */
export interface Deadline {
  /** Replaces the limit: `onExpire` is called once, when `ms` from now have passed. */
  set(ms: number, onExpire: () => void): void;
  /** No limit holds until the next `set`. */
  clear(): void;
}

/** A limit that holds, in the readings of `performance.now()`. */
interface Limit {
  expiresAt: number;
  onExpire: (() => void) | undefined;
}

/** How often the shared timer looks, and so how late a long limit may be. */
const TICK_MS = 100;

/** From here on a limit is long: a tick is lost in it. */
const LONG_MS = 5000;

const longLimits = new Set<Limit>();
let ticker: ReturnType<typeof setInterval> | undefined;

/** Creates a deadline that is not set. */
export function createDeadline(): Deadline {
  const limit: Limit = { expiresAt: Number.POSITIVE_INFINITY, onExpire: undefined };
  let timer: ReturnType<typeof setTimeout> | undefined;

  function clear(): void {
    longLimits.delete(limit);
    clearTimeout(timer);
    timer = undefined;
    limit.onExpire = undefined;
  }
  return {
    set(ms, onExpire) {
      if (timer !== undefined) clear();
      limit.expiresAt = performance.now() + ms;
      limit.onExpire = onExpire;
      if (ms >= LONG_MS) watch(limit);
      else {
        longLimits.delete(limit);
        timer = setTimeout(() => expire(limit), Math.max(0, ms));
      }
    },
    clear,
  };
}

function watch(limit: Limit): void {
  longLimits.add(limit);
  ticker ??= setInterval(tick, TICK_MS);
}

/** Expires what is due. Without long limits the timer stops, so that a process may end. */
function tick(): void {
  const now = performance.now();
  for (const limit of longLimits) {
    if (limit.expiresAt > now) continue;
    longLimits.delete(limit);
    expire(limit);
  }
  if (longLimits.size > 0) return;
  clearInterval(ticker);
  ticker = undefined;
}

function expire(limit: Limit): void {
  const { onExpire } = limit;
  limit.onExpire = undefined;
  onExpire?.();
}
