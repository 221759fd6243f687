import type { Proxy } from "../../proxy/proxy.ts";

/**
 * How long a worker whose place others have taken goes on to listen. Every answer closes its
 * connection by then: a request that comes on a kept connection just when it is closed is lost.
 */
export const HANDOVER_MS = 1000;

/** The same proxy, which asks clients to close their connections once `isLeaving` says so. */
export function withHandover(proxy: Proxy, isLeaving: () => boolean): Proxy {
  function close(response: Response): Response {
    if (isLeaving()) response.headers.set("connection", "close");
    return response;
  }
  return {
    ...proxy,
    answer: async (...asked) => close(await proxy.answer(...asked)),
    turnDown: async (...asked) => close(await proxy.turnDown(...asked)),
    guard: (request, response) => close(proxy.guard(request, response)),
  };
}

/** Whether Linux hands what waits at a listener that closes to another one of the same port. */
export async function canHandOver(file = "/proc/sys/net/ipv4/tcp_migrate_req"): Promise<boolean> {
  return Bun.file(file)
    .text()
    .then((text) => text.trim() === "1")
    .catch(() => false);
}
