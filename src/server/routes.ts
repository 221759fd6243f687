import { Elysia } from "elysia";
import { CHAT, type Endpoint, OTHER } from "../proxy/endpoint.ts";
import { BASE_PATH } from "../proxy/client-request.ts";
import type { Connection, Proxy } from "../proxy/proxy.ts";

/** The routes of a proxy, for an Elysia application. `connect` finds a request's connection. */
export function createRoutes(
  proxy: Proxy,
  endpoints: Endpoint[],
  connect: (request: Request) => Connection | undefined,
) {
  const routes = new Elysia({ name: "candor" });
  // `parse: none`: the bytes of the body are ours to read. `all`: 405 is ours to say.
  const serve = (route: string, endpoint: Endpoint) =>
    routes.all(
      route,
      ({ request, path }) => proxy.answer({ request, path, route }, endpoint, connect(request)),
      { parse: "none" },
    );
  serve("/proxy", CHAT);
  for (const endpoint of endpoints) serve(BASE_PATH + endpoint.dialect.path, endpoint);
  serve(`${BASE_PATH}/*`, OTHER);
  return routes;
}
