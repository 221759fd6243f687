import { Elysia } from "elysia";
import { type Endpoint, NAMED } from "../proxy/endpoint.ts";
import { BASE_PATHS } from "../proxy/request-path.ts";
import { createDispatch, type RoutesContext } from "./dispatch.ts";

/**
 * The routes of a proxy, as a plugin for any Elysia application, below any prefix. Without a name:
 * of two plugins with one name, Elysia drops the second, whatever its proxy.
 */
export function createRoutes(context: RoutesContext, endpoints: Endpoint[] = NAMED) {
  const dispatch = createDispatch(context, endpoints);
  // Where an application has parsers of its own, Elysia looks for one by the name of `none`.
  const routes = new Elysia().parser("none", () => null);
  // `parse: none`: the bytes of the body are ours to read. `all`: 405 is ours to say.
  for (const route of ["/proxy", ...BASE_PATHS.map((base) => `${base}/*`)]) {
    routes.all(
      route,
      ({ request, path, route: mounted, server }) =>
        dispatch(
          { request, path, server },
          withoutPrefix(request, mounted.slice(0, -route.length)),
        ),
      { parse: "none" },
    );
  }
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
