/** How long a browser may remember a preflight, in seconds. */
const PREFLIGHT_MAX_AGE = "600";

/** Cross-origin rules (Fetch §3.3) for the pages of listed origins. */
export interface Cors {
  /** The answer to a preflight request of a listed origin; undefined for any other request. */
  answerPreflight(request: Request): Response | undefined;
  /** Lets the page that asked read the answer, and no other page even load it. */
  allow(request: Request, answer: Headers): void;
}

/** Creates the rules. Without origins nothing is allowed and `OPTIONS` is a method like others. */
export function createCors(origins: string[]): Cors {
  const listedOrigin = (request: Request) => {
    const origin = request.headers.get("origin");
    return origin !== null && origins.includes(origin) ? origin : undefined;
  };
  return {
    answerPreflight(request) {
      if (request.method !== "OPTIONS" || listedOrigin(request) === undefined) return undefined;
      const asked = request.headers.get("access-control-request-method");
      if (asked === null) return undefined;
      const headers = new Headers({
        "access-control-allow-methods": asked,
        "access-control-max-age": PREFLIGHT_MAX_AGE,
      });
      const fields = request.headers.get("access-control-request-headers");
      if (fields !== null) headers.set("access-control-allow-headers", fields);
      return new Response(null, { status: 204, headers });
    },
    allow(request, answer) {
      answer.set("cross-origin-resource-policy", "same-origin");
      if (origins.length === 0) return;
      answer.append("vary", "Origin");
      const origin = listedOrigin(request);
      if (origin === undefined) return;
      answer.set("cross-origin-resource-policy", "cross-origin");
      answer.set("access-control-allow-origin", origin);
      answer.set("access-control-expose-headers", "*");
    },
  };
}
