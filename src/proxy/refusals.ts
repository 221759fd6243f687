import type { Failure } from "./failure.ts";

/** The failure that a limit is reached, where it is. */
export function findOverload(open: number, limit: number, setting: string): Failure | undefined {
  return open >= limit ? { kind: "too-busy", limit, setting } : undefined;
}

/** The failure that a request has another method than those that are allowed, where it has. */
export function findWrongMethod(request: Request, allowed: string[]): Failure | undefined {
  const { method } = request;
  return allowed.includes(method) ? undefined : { kind: "wrong-method", method, allowed };
}

/** The failure that a request asks to go on as a WebSocket, where it does. */
export function findWebSocket({ headers }: Request): Failure | undefined {
  const upgrade = headers.get("upgrade");
  return upgrade !== null && /\bwebsocket\b/i.test(upgrade) ? { kind: "websocket" } : undefined;
}

/**
 * The failure that a request has no `Host`, or none that is one (HTTP/1.0 needs none). Bun then
 * gives a path for an address, of which Elysia takes the beginning for a host: what it routes is not
 * what was asked for.
 */
export function findMissingHost(request: Request): Failure | undefined {
  if (!request.url.startsWith("/")) return undefined;
  return { kind: "bad-header", name: "host", problem: "There is none, or it is no host." };
}
