import { Elysia } from "elysia";
import { BASE_PATH } from "../proxy/client-request.ts";
import { CHAT, type Endpoint, NAMED, OTHER } from "../proxy/endpoint.ts";
import type { Proxy } from "../proxy/proxy.ts";
import { connectionOf } from "./client-connection.ts";

/** What the routes need beside the application that they are in. */
export interface RoutesContext {
  proxy: Proxy;
  clientStallTimeoutMs: number;
}

/**
 * The routes of a proxy, as a plugin for any Elysia application, below any prefix. Without a name:
 * of two plugins with one name, Elysia drops the second, whatever its proxy.
 */
export function createRoutes(
  { proxy, clientStallTimeoutMs }: RoutesContext,
  endpoints: Endpoint[] = NAMED,
) {
  // Where an application has parsers of its own, Elysia looks for one by the name of `none`.
  const routes = new Elysia().parser("none", () => null);
  // `parse: none`: the bytes of the body are ours to read. `all`: 405 is ours to say.
  const serve = (route: string, endpoint: Endpoint) =>
    routes.all(
      route,
      ({ request, path, route: mounted, server }) =>
        proxy.answer(
          { request: withoutPrefix(request, mounted.slice(0, -route.length)), path, route },
          endpoint,
          connectionOf(server, request, clientStallTimeoutMs),
        ),
      { parse: "none" },
    );
  serve("/proxy", CHAT);
  for (const endpoint of endpoints) serve(BASE_PATH + endpoint.dialect.path, endpoint);
  serve(`${BASE_PATH}/*`, OTHER);
  return routes;
}

/**
 * A request below a prefix as it would be without: the proxy knows its own paths only. Of a prefix
 * only the number of segments counts, since it may have parameters.
 */
function withoutPrefix(request: Request, prefix: string): Request {
  if (prefix === "") return request;
  const url = URL.parse(request.url);
  // A request without a `Host` has no address: the proxy says so.
  if (url === null) return request;
  const segments = url.pathname.split("/");
  url.pathname = ["", ...segments.slice(prefix.split("/").length)].join("/");
  return new Request(url.href, request);
}
