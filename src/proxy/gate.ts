import { createHash, timingSafeEqual } from "node:crypto";
import type { CallerKey } from "../config/formats.ts";
import { isLoopback } from "../config/loopback.ts";
import type { Failure } from "./failure.ts";

/** How a `Host` ends that names its port. */
const PORT = /:\d*$/;

/** The pages of Candor's own, to which a link may lead from anywhere. */
const OWN_PAGES = new Set(["/", "/docs"]);

/** Who may call. */
export interface GateSettings {
  openrouterApiKey?: string | undefined;
  proxyApiKeys: readonly CallerKey[];
  corsOrigins: string[];
}

/** A caller that was let in. */
export interface Caller {
  kind: "caller";
  /** The name of the client key it showed, where that has one. */
  keyName?: string;
}

/** What the gate goes by. */
export type RequestHead = Pick<Request, "method" | "url" | "headers">;

/** Decides by header fields alone who may call. */
export interface Gate {
  /** Why a page in somebody's browser may not ask this; undefined where no page does, or one may. */
  findForeigner(request: RequestHead): Failure | undefined;
  /** Who calls, or why nobody may without a key that is known here. */
  identify(request: RequestHead): Caller | Failure;
}

/**
 * Creates the gate for a configuration. With client keys, a caller shows one of them. Without, and
 * with a key of OpenRouter's held here, only this machine gets in, and no page in its browser.
 * With neither, a caller brings its own key for OpenRouter, which lists models without one.
 */
export function createGate(config: GateSettings): Gate {
  const known = config.proxyApiKeys.map(({ key, name }) => ({ digest: digest(key), name }));
  const anybody: Caller = { kind: "caller" };
  if (known.length > 0) {
    return {
      findForeigner: () => undefined,
      identify: ({ headers }) => identifyKey(headers, known),
    };
  }
  if (config.openrouterApiKey !== undefined) {
    const origins = new Set(config.corsOrigins);
    return {
      findForeigner: (request) => findForeigner(request, origins),
      identify: () => anybody,
    };
  }
  return {
    findForeigner: () => undefined,
    identify: ({ headers, method }) => {
      const mayLackKey = method === "GET" || method === "HEAD";
      return mayLackKey || callerKeys(headers).length > 0 ? anybody : { kind: "no-key" };
    },
  };
}

interface KnownKey {
  digest: Buffer;
  name: string | undefined;
}

function identifyKey(headers: Headers, known: KnownKey[]): Caller | Failure {
  const shown = callerKeys(headers).map(digest);
  if (shown.length === 0) return { kind: "no-key" };
  // Every pair is compared, and in constant time, so that no timing tells how near a guess was.
  const [match] = known.filter(
    (key) => shown.filter((one) => timingSafeEqual(one, key.digest)).length > 0,
  );
  if (match === undefined) return { kind: "wrong-key" };
  return { kind: "caller", ...(match.name !== undefined && { keyName: match.name }) };
}

/**
 * A page in somebody's browser must not spend the key: a foreign `Host` is DNS rebinding, a foreign
 * `Origin` another site's script, and Fetch metadata tells of the rest, such as an image
 * (https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header).
 */
function findForeigner(request: RequestHead, origins: Set<string>): Failure | undefined {
  const { headers } = request;
  const host = headers.get("host") ?? "";
  if (!isLoopback(host.replace(PORT, "").toLowerCase())) return { kind: "foreign-host", host };
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  if (origin !== null) {
    // The live page's own scripts: the browser says that they come from here.
    const isOurs = site === "same-origin" && URL.parse(origin)?.host === host;
    return isOurs || origins.has(origin) ? undefined : { kind: "foreign-origin", origin };
  }
  const isForeign = site === "cross-site" || site === "same-site";
  return isForeign && !isVisit(request) ? { kind: "foreign-page", site } : undefined;
}

/** Whether a person follows a link to a page of ours; within a frame it would be no person's wish. */
function isVisit({ method, url, headers }: RequestHead): boolean {
  const isNavigation = method === "GET" && headers.get("sec-fetch-mode") === "navigate";
  const isFramed = (headers.get("sec-fetch-dest") ?? "document") !== "document";
  return isNavigation && !isFramed && OWN_PAGES.has(URL.parse(url)?.pathname ?? "");
}

/** The keys a caller shows: a bearer token (RFC 6750 §2.1), or `x-api-key`, as Anthropic's SDK does. */
function callerKeys(headers: Headers): string[] {
  const authorization = headers.get("authorization")?.trim() ?? "";
  const bearer = authorization.replace(/^bearer(\s+|$)/i, "");
  return [bearer, headers.get("x-api-key")?.trim() ?? ""].filter((key) => key !== "");
}

function digest(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
