import type { Server } from "bun";
import { type Endpoint, NAMED } from "../proxy/endpoint.ts";
import type { Proxy } from "../proxy/proxy.ts";
import { findMissingHost, findWebSocket } from "../proxy/refusals.ts";
import { createRouter } from "../proxy/route.ts";
import { unknownPath } from "../proxy/unknown-path.ts";
import { connectionOf, peerOf } from "./client-connection.ts";

/** What the routes need beside the application that they are in. */
export interface RoutesContext {
  proxy: Proxy;
  clientStallTimeoutMs: number;
}

/** A request as Elysia hands it over. */
export interface Incoming {
  request: Request;
  path: string;
  server: Server<unknown> | null;
}

/** Answers a request by its path alone; `asked`: the request as it would be without a prefix. */
export type Dispatch = (incoming: Incoming, asked?: Request) => Promise<Response>;

/** Creates the dispatch to these named endpoints, and to all others of upstream. */
export function createDispatch(
  { proxy, clientStallTimeoutMs }: RoutesContext,
  endpoints: Endpoint[] = NAMED,
): Dispatch {
  const findRoute = createRouter(endpoints);
  return ({ request, path, server }, asked = request) => {
    const peer = peerOf(server, request);
    const pathAsked = asked === request ? path : pathOf(asked);
    const route = findRoute(pathAsked, asked.headers);
    if (route === undefined) {
      const prefix = path.endsWith(pathAsked) ? path.slice(0, -pathAsked.length) : "";
      const refusal = findMissingHost(asked) ?? findWebSocket(asked);
      const failure = refusal ?? unknownPath(pathAsked, asked, prefix);
      return proxy.turnDown({ request: asked, path, route: "none", peer }, failure);
    }
    return proxy.answer(
      { request: asked, path, route: route.name, peer },
      route.endpoint,
      connectionOf(server, request, clientStallTimeoutMs),
    );
  };
}

/** Without a host there is no address, which the proxy says. */
function pathOf({ url }: Request): string {
  return URL.parse(url)?.pathname ?? "/";
}
