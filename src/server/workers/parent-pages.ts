import { timingSafeEqual } from "node:crypto";
import type { Observers } from "../observers.ts";

/** Where a parent answers its workers for the page and the metrics. */
export interface ParentPages {
  /** The name of an abstract socket (Linux), which needs no file. */
  socket: string;
  token: string;
  stop(): Promise<void>;
}

/** The header field with the token: everybody on the machine can connect to an abstract socket. */
export const TOKEN_FIELD = "x-candor-parent";

/** Answers workers, which have decided by then who may see what. */
export function serveParentPages({ page, metrics }: Observers): ParentPages {
  const socket = `candor-${crypto.randomUUID()}`;
  const token = crypto.randomUUID();
  const server = Bun.serve({
    unix: `\0${socket}`,
    development: false,
    async fetch(request, listener) {
      if (!isEqual(request.headers.get(TOKEN_FIELD) ?? "", token)) return notThere();
      // A feed may be silent for longer than any limit.
      listener.timeout(request, 0);
      const { pathname } = new URL(request.url);
      if (pathname === "/metrics") return metrics.respond();
      return page?.respond(request) ?? notThere();
    },
  });
  return { socket, token, stop: () => server.stop(true) };
}

function isEqual(given: string, token: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function notThere(): Response {
  return new Response(null, { status: 404 });
}
