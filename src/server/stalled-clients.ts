import type { Log } from "../observe/log.ts";
import type { Proxy } from "../proxy/proxy.ts";

/** How often it is looked whether memory is short. */
const CHECK_MS = 250;

/**
 * From now on, whenever memory is short, clients that have asked for nothing more for a second are
 * let go: each of them takes about three megabytes (one of which Bun's `fetch` reads ahead). Gives what ends it.
 */
export function startShedding(
  proxy: Pick<Proxy, "shedStalled">,
  log: Pick<Log, "warn">,
): () => void {
  const timer = setInterval(() => {
    const count = proxy.shedStalled();
    if (count === 0) return;
    const clients =
      count === 1 ? "1 client that did not read was" : `${count} clients that did not read were`;
    log.warn(`${clients} let go: memory is short (MEMORY_LIMIT_MB)`);
  }, CHECK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
