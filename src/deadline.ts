/**
 * One timer for a chain of limits of which one holds at a time. Moving it costs a clock reading;
 * the timer itself is only set anew when the next limit is nearer than the last.
 */
export interface Deadline {
  /** Replaces the limit: `onExpire` is called once, when `ms` from now have passed. */
  set(ms: number, onExpire: () => void): void;
  /** No limit holds until the next `set`. */
  clear(): void;
  /** Frees the timer. */
  dispose(): void;
}

/** Creates a deadline that is not set. */
export function createDeadline(): Deadline {
  let expiresAt = Number.POSITIVE_INFINITY;
  let expire: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let firesAt = Number.POSITIVE_INFINITY;

  function arm(): void {
    clearTimeout(timer);
    firesAt = expiresAt;
    timer = setTimeout(fire, Math.max(0, expiresAt - performance.now()));
  }
  function fire(): void {
    firesAt = Number.POSITIVE_INFINITY;
    if (expiresAt === Number.POSITIVE_INFINITY) return;
    // Timers may fire a fraction of a millisecond early.
    if (expiresAt - performance.now() > 1) return arm();
    expiresAt = Number.POSITIVE_INFINITY;
    expire?.();
  }
  return {
    set(ms, onExpire) {
      expiresAt = performance.now() + ms;
      expire = onExpire;
      if (expiresAt < firesAt) arm();
    },
    clear() {
      expiresAt = Number.POSITIVE_INFINITY;
    },
    dispose() {
      expiresAt = Number.POSITIVE_INFINITY;
      firesAt = Number.POSITIVE_INFINITY;
      clearTimeout(timer);
    },
  };
}
