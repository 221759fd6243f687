import type { Server } from "bun";
import { Elysia } from "elysia";
import { openaiErrors } from "../core/error-form.ts";
import { type Endpoint, NAMED } from "../proxy/endpoint.ts";
import type { Arrival } from "../proxy/exchange.ts";
import type { Failure } from "../proxy/failure.ts";
import { answerAlone, type Connection, type Proxy } from "../proxy/proxy.ts";
import { findMissingHost, findWrongMethod } from "../proxy/refusals.ts";
import { createRoutes } from "./routes.ts";

/** What the application needs from the process that it runs in. */
export interface AppContext {
  proxy: Proxy;
  /** False once the server is about to stop: load balancers send no more. */
  isReady: () => boolean;
  clientStallTimeoutMs: number;
}

/**
 * The server's own idle limit, in seconds, for a connection without an exchange: one that sends its
 * next head slowly, or was refused and sends its body all the same. Bun takes 12 for 10.
 */
export const REST_SECONDS = 10;

/** Creates the application: the proxy's routes, probes, and the answer to any other request. */
export function createApp(context: AppContext, endpoints: Endpoint[] = NAMED) {
  const { proxy, isReady } = context;

  /** Answers a load balancer or an orchestrator. Probes need no key, and are not logged. */
  function probe(arrival: Arrival, isGood: boolean, status: string): Promise<Response> {
    const failure = findWrongMethod(arrival.request, ["GET", "HEAD"]);
    if (failure !== undefined) return turnDown(arrival, failure);
    return answerAlone(Response.json({ status }, { status: isGood ? 200 : 503 }));
  }
  function turnDown(arrival: Arrival, failure: Failure): Promise<Response> {
    return proxy.turnDown(arrival, failure, openaiErrors);
  }

  // Elysia prepares for a handler what it sees it use: each takes the context apart at once.
  const app = new Elysia({
    // Elysia reads short host names wrongly unless told not to look for a standard one.
    handler: { standardHostname: false },
  })
    .all("/healthz", ({ request, path }) => probe({ request, path, route: "/healthz" }, true, "ok"))
    .all("/readyz", ({ request, path }) => {
      const isGood = isReady();
      return probe({ request, path, route: "/readyz" }, isGood, isGood ? "ready" : "draining");
    })
    .onError(({ code, error, request, path }) => {
      const arrival = { request, path, route: "none" };
      if (code !== "NOT_FOUND") return turnDown(arrival, { kind: "bug", error });
      return turnDown(arrival, findMissingHost(request) ?? { kind: "unknown-path", path });
    });
  app.use(createRoutes(proxy, endpoints, (request) => connectionOf(app.server, request, context)));
  return app;
}

/** The server's idle limits, which must not cut an exchange off: it has limits of its own. */
function connectionOf(
  server: Server<unknown> | null,
  request: Request,
  { clientStallTimeoutMs }: AppContext,
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

/**
 * The idle limit after an exchange, in seconds, by which the server ends a client that does not read
 * what is left of an answer. Bun takes up to 255, and counts so coarsely that with less than 10 it
 * may cut a client off that does read.
 */
function exchangeIdleSeconds(clientStallTimeoutMs: number): number {
  return Math.min(255, Math.max(REST_SECONDS, Math.ceil(clientStallTimeoutMs / 1000)));
}
