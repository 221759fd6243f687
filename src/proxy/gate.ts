import { createHash, timingSafeEqual } from "node:crypto";
import { isLoopback } from "../config/loopback.ts";
import type { Failure } from "./failure.ts";

/** How a `Host` ends that names its port. */
const PORT = /:\d*$/;

/** Who may call. */
export interface GateSettings {
  openrouterApiKey?: string | undefined;
  proxyApiKeys: readonly { key: string }[];
  corsOrigins: string[];
}

/** Finds why a request may not be answered, by its headers alone; undefined lets it in. */
export type Gate = (headers: Headers) => Failure | undefined;

/**
 * Creates the gate for a configuration. With client keys, a caller shows one of them. Without, and
 * with a key of OpenRouter's held here, only this machine gets in, and no page in its browser.
 * With neither, a caller brings its own key for OpenRouter.
 */
export function createGate(config: GateSettings): Gate {
  const digests = config.proxyApiKeys.map(({ key }) => digest(key));
  if (digests.length > 0) return (headers) => findWrongKey(headers, digests);
  if (config.openrouterApiKey === undefined) {
    return (headers) => (callerKeys(headers).length > 0 ? undefined : { kind: "no-key" });
  }
  return (headers) => findForeigner(headers, config.corsOrigins);
}

function findWrongKey(headers: Headers, digests: Buffer[]): Failure | undefined {
  const keys = callerKeys(headers).map(digest);
  if (keys.length === 0) return { kind: "no-key" };
  // Every pair is compared, and in constant time, so that no timing tells how near a guess was.
  const matches = keys.flatMap((key) => digests.filter((known) => timingSafeEqual(key, known)));
  return matches.length > 0 ? undefined : { kind: "wrong-key" };
}

/**
 * A page in somebody's browser must not spend the key: a foreign `Host` is DNS rebinding, a foreign
 * `Origin` another site's script.
 */
function findForeigner(headers: Headers, origins: string[]): Failure | undefined {
  const host = headers.get("host") ?? "";
  if (!isLoopback(host.replace(PORT, "").toLowerCase())) return { kind: "foreign-host", host };
  const origin = headers.get("origin");
  if (origin === null || origins.includes(origin)) return undefined;
  return { kind: "foreign-origin", origin };
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
