import { createPage, type PageSettings } from "../../src/page/page.ts";
import { createRing, type Ring } from "../../src/observe/ring.ts";
import type { PageStatus } from "../../src/page/wire.ts";

/** A server that has the page and nothing else. */
export interface PageServer extends AsyncDisposable {
  url: string;
  port: number;
  ring: Ring;
}

/** What the server says of itself. */
export const STATUS: PageStatus = {
  version: "1.2.3",
  startedAt: Date.now() - 3_600_000,
  upstream: "https://openrouter.ai/api/v1",
  keyMode: "Candor's key",
  limits: { STREAM_HOLD_MS: 45_000, STREAM_IDLE_TIMEOUT_MS: 240_000, MAX_BODY_BYTES: 33_554_432 },
  isDraining: false,
  openFiles: 42,
  maxFiles: 1024,
  memoryBytes: 71_000_000,
  memoryLimitBytes: 6_000_000_000,
};

/** Starts a server with the page; `key` is asked for below `/page/`. */
export function startPageServer(
  settings: Partial<PageSettings> & { port?: number; key?: string } = {},
): PageServer {
  const { port = 0, key, ring = createRing(), status = () => STATUS, ...more } = settings;
  const page = createPage({ ring, status, ...more });
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port,
    idleTimeout: 30,
    async fetch(request) {
      const isLocked = key !== undefined && new URL(request.url).pathname !== "/";
      if (isLocked && request.headers.get("authorization") !== `Bearer ${key}`) {
        return Response.json({ error: { message: "a key, please" } }, { status: 401 });
      }
      return page.respond(request);
    },
  });
  return {
    url: server.url.href,
    port: server.port ?? 0,
    ring,
    async [Symbol.asyncDispose]() {
      page.close();
      await server.stop(true);
    },
  };
}
