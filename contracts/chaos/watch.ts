import type { WatchedProcess } from "../../bench/watched-process.ts";

/** What was seen of the proxy while something was done. */
export interface Watch {
  /** The most resident memory that it had. */
  peakBytes: number;
  /**
   * The longest that `GET /healthz` took, which does nothing: so late is whatever happened, by the
   * proxy's own load or by the machine's.
   */
  worstLagMs: number;
}

const LOOK_MS = 100;

/** Looks at the proxy ten times a second while `act` goes on; `onLook` is called each time. */
export async function watchDuring(
  candor: WatchedProcess,
  act: () => Promise<void>,
  onLook: (watch: Watch) => void,
): Promise<Watch> {
  const watch: Watch = { peakBytes: 0, worstLagMs: 0 };
  const acting = act();
  while (Bun.peek.status(acting) === "pending") {
    const askedAt = performance.now();
    const response = await fetch(`${candor.url}/healthz`, { keepalive: false });
    await response.arrayBuffer();
    watch.worstLagMs = Math.max(watch.worstLagMs, Math.ceil(performance.now() - askedAt));
    watch.peakBytes = Math.max(watch.peakBytes, candor.sample().residentBytes);
    onLook(watch);
    await Promise.race([acting, Bun.sleep(LOOK_MS)]);
  }
  await acting;
  return watch;
}
