import { CHAT, type Endpoint, otherEndpoint } from "./endpoint.ts";
import { BASE_PATH, BASE_PATHS, plainPath, targetBelowBase } from "./request-path.ts";

/** Where a request goes. */
export interface Route {
  /** One of a closed list: it labels metrics. `/api/v1` counts as `/v1`. */
  name: string;
  endpoint: Endpoint;
}

/** Finds the route of a path that has one. */
export type Router = (path: string, headers: Headers) => Route | undefined;

/**
 * Creates the router of these named endpoints. However a path is spelled, what upstream could take
 * for a named endpoint gets the rules of that endpoint, and what could lead out of the base URL gets
 * no route.
 */
export function createRouter(endpoints: Endpoint[]): Router {
  const routes = new Map<string, Route>([["/proxy", { name: "/proxy", endpoint: CHAT }]]);
  for (const endpoint of endpoints) {
    const name = BASE_PATH + endpoint.dialect.path;
    for (const base of BASE_PATHS) routes.set(base + endpoint.dialect.path, { name, endpoint });
  }
  return (path, headers) => {
    const exact = routes.get(path);
    if (exact !== undefined) return exact;
    const plain = plainPath(path);
    if (plain === undefined) return undefined;
    const named = routes.get(plain);
    if (named !== undefined) return named;
    const target = targetBelowBase(plain);
    if (target === undefined || targetBelowBase(path) === undefined) return undefined;
    if (isTwiceBelowBase(target, endpoints)) return undefined;
    return { name: `${BASE_PATH}/*`, endpoint: otherEndpoint(target, headers) };
  };
}

/** Whether a base URL with too much in it was asked: `/v1/v1/…`, `/v1/chat/completions/messages`. */
function isTwiceBelowBase(target: string, endpoints: Endpoint[]): boolean {
  if (targetBelowBase(target) !== undefined) return true;
  const paths = endpoints.map(({ dialect }) => dialect.path);
  return paths.some((first) => paths.some((last) => target === first + last));
}
