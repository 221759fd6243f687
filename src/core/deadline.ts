import { DenseSet, type Placed } from "./dense-set.ts";

/** How often the shared timer looks, and so how late a long limit may be. */
const TICK_MS = 100;

/** From here on a limit is long: a tick is lost in it. */
const LONG_MS = 5000;

/** What a wait gives that came to its limit. */
export const TOO_LATE = Symbol("too late");

/**
 * One timer for a chain of limits of which one holds at a time. Moving it costs a clock reading:
 * long limits, which nearly always are moved before they expire, share one ticking timer.
 */
export class Deadline implements Placed {
  /** Among the long limits that hold. */
  place = -1;
  /** When the limit is over that was set last, in the readings of `performance.now()`. */
  expiresAt = Number.POSITIVE_INFINITY;
  #onExpire: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Replaces the limit: `onExpire` is called once, when `ms` from now have passed. An infinite limit
   * takes no timer, so that it keeps no process alive.
   */
  set(ms: number, onExpire: () => void): void {
    if (this.#timer !== undefined) this.clear();
    this.expiresAt = performance.now() + ms;
    this.#onExpire = onExpire;
    if (ms >= LONG_MS && ms !== Number.POSITIVE_INFINITY) return watch(this);
    longLimits.delete(this);
    if (ms === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.expire(), Math.max(0, ms));
  }

  /** No limit holds until the next `set`. */
  clear(): void {
    longLimits.delete(this);
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#onExpire = undefined;
  }

  /**
   * What `promise` gives, or `TOO_LATE` if it has not within `ms`; to be followed by `clear`. Unlike
   * with `Promise.race`, nothing is left behind at a promise that many waits have in common.
   */
  wait<Value>(promise: Promise<Value>, ms: number): Promise<Value | typeof TOO_LATE> {
    return new Promise((resolve, reject) => {
      this.set(ms, () => resolve(TOO_LATE));
      promise.then(resolve, reject);
    });
  }

  /** The limit is over, as if its time had passed. */
  expire(): void {
    const onExpire = this.#onExpire;
    this.clear();
    onExpire?.();
  }
}

const longLimits = new DenseSet<Deadline>();
let ticker: ReturnType<typeof setInterval> | undefined;

function watch(deadline: Deadline): void {
  longLimits.add(deadline);
  ticker ??= setInterval(tick, TICK_MS);
}

/** Expires what is due. Without long limits the timer stops, so that a process may end. */
function tick(): void {
  const now = performance.now();
  for (const deadline of longLimits) if (deadline.expiresAt <= now) deadline.expire();
  if (longLimits.size > 0) return;
  clearInterval(ticker);
  ticker = undefined;
}
