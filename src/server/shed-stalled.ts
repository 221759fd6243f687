import type { Log } from "../observe/log.ts";
import type { Proxy } from "../proxy/proxy.ts";

/** How often it is looked whether memory is short. */
const CHECK_MS = 250;

/**
 * Lets go of clients that do not read whenever memory is short: what is kept for each of them takes
 * three megabytes, whatever Candor does (Bun's `fetch` alone reads one ahead). Gives what ends it.
 */
export function shedStalled(proxy: Pick<Proxy, "shedStalled">, log: Pick<Log, "warn">): () => void {
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
