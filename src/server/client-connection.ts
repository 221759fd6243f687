import type { Server } from "bun";
import type { Connection } from "../proxy/proxy.ts";

/**
 * The server's own idle limit, in seconds, for a connection without an exchange: one that sends its
 * next head slowly, or was refused and sends its body all the same. Bun takes 12 for 10.
 */
export const REST_SECONDS = 10;

/** The connection of a request, whose idle limits must not cut an exchange off: it has its own. */
export function connectionOf(
  server: Server<unknown> | null,
  request: Request,
  clientStallTimeoutMs: number,
): Connection | undefined {
  // None where a contract calls `app.handle`.
  if (server === null) return undefined;
  return {
    begin: () => server.timeout(request, 0),
    // In a second the server ends the connection with FIN, without the last chunk, and everything
    // that was sent arrives. An error of the body would be RST, which throws away what is unread.
    breakOff: () => server.timeout(request, 1),
    // The limit stays with the connection. A client that has stalled is let go of by it.
    end: (ending, isRefused) =>
      server.timeout(
        request,
        ending === "client-stalled" || ending === "broken-off"
          ? 1
          : isRefused
            ? REST_SECONDS
            : exchangeIdleSeconds(clientStallTimeoutMs),
      ),
  };
}

/** The address at the other end of the connection. */
export function peerOf(server: Server<unknown> | null, request: Request): string | undefined {
  return server?.requestIP(request)?.address;
}

/**
 * The idle limit after an exchange, in seconds, by which the server ends a client that does not read
 * what is left of an answer. Bun takes up to 255, and counts so coarsely that with less than 10 it
 * may cut a client off that does read.
 */
function exchangeIdleSeconds(clientStallTimeoutMs: number): number {
  return Math.min(255, Math.max(REST_SECONDS, Math.ceil(clientStallTimeoutMs / 1000)));
}
