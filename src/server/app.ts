import { Elysia } from "elysia";
import { openaiErrors } from "../core/error-form.ts";
import { type Endpoint, NAMED } from "../proxy/endpoint.ts";
import type { Arrival } from "../proxy/exchange.ts";
import type { Failure } from "../proxy/failure.ts";
import { answerAlone } from "../proxy/proxy.ts";
import { findMissingHost, findWrongMethod } from "../proxy/refusals.ts";
import { createRoutes, type RoutesContext } from "./routes.ts";

/** What the application needs from the process that it runs in. */
export interface AppContext extends RoutesContext {
  /** False once the server is about to stop: load balancers send no more. */
  isReady: () => boolean;
}

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
  app.use(createRoutes(context, endpoints));
  return app;
}
