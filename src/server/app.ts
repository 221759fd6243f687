import { Elysia } from "elysia";
import { type Endpoint, NAMED } from "../proxy/endpoint.ts";
import type { Arrival } from "../proxy/exchange.ts";
import { answerAlone } from "../proxy/proxy.ts";
import { findMissingHost, findWebSocket, findWrongMethod } from "../proxy/refusals.ts";
import { unknownPath } from "../proxy/unknown-path.ts";
import { createDispatch, type RoutesContext } from "./dispatch.ts";
import { createDocuments } from "./documents.ts";
import type { Pages } from "./pages.ts";
import { createRoutes } from "./routes.ts";

/** What the application needs from the process that it runs in. */
export interface AppContext extends RoutesContext {
  /** False once the server is about to stop: load balancers send no more. */
  isReady: () => boolean;
  /** The live page and the metrics; none where a contract needs none. */
  pages?: Pages | undefined;
}

/** Creates the application: the proxy's routes, probes, and the answer to any other request. */
export function createApp(context: AppContext, endpoints: Endpoint[] = NAMED) {
  const { proxy, isReady, pages } = context;
  const dispatch = createDispatch(context, endpoints);
  const documents = createDocuments();

  /** Answers a load balancer or an orchestrator. Probes need no key, and are not logged. */
  function probe(arrival: Arrival, isGood: boolean, status: string): Promise<Response> {
    const { request } = arrival;
    const failure = findWebSocket(request) ?? findWrongMethod(request, ["GET", "HEAD"]);
    if (failure !== undefined) return proxy.turnDown(arrival, failure);
    const response = Response.json({ status }, { status: isGood ? 200 : 503 });
    return answerAlone(proxy.guard(request, response));
  }
  /** Answers with a document about the API, which needs no key. */
  async function read(arrival: Arrival, make: () => Promise<Response>): Promise<Response> {
    const { request } = arrival;
    const wrong = findWrongMethod(request, ["GET", "HEAD"]) ?? findMissingHost(request);
    const foreign = wrong ?? proxy.gate.findForeigner(request);
    const failure = foreign ?? findWebSocket(request);
    if (failure !== undefined) return proxy.turnDown(arrival, failure);
    return answerAlone(proxy.guard(request, await make()));
  }
  /** Claude Code asks one of these at every start, without a key. */
  const greet = (request: Request) => answerAlone(proxy.guard(request, new Response(null)));

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
    .all("/openapi.json", ({ request, path }) =>
      read({ request, path, route: "none" }, documents.openapi),
    )
    .all("/docs", ({ request, path }) => read({ request, path, route: "none" }, documents.docs))
    .head("/", ({ request }) => greet(request))
    .head("/api", ({ request }) => greet(request))
    .onError(({ code, error, request, path }) => {
      const arrival = { request, path, route: "none" };
      if (code !== "NOT_FOUND") return proxy.turnDown(arrival, { kind: "bug", error });
      const refusal = findMissingHost(request) ?? findWebSocket(request);
      return proxy.turnDown(arrival, refusal ?? unknownPath(path, request));
    });
  app.use(createRoutes(context, endpoints));
  if (pages !== undefined) {
    app
      .get("/", ({ request, path, server }) => pages.page({ request, path, server }))
      .all("/page/*", ({ request, path, server }) => pages.data({ request, path, server }), {
        parse: "none",
      })
      .get("/metrics", ({ request, path, server }) => pages.metrics({ request, path, server }));
  }
  // Some paths lead to an endpoint only once they are normalized.
  app.all("/*", ({ request, path, server }) => dispatch({ request, path, server }), {
    parse: "none",
  });
  return app;
}
