import packageJson from "../../package.json" with { type: "json" };
import type { Config } from "../config/config.ts";
import { variableName } from "../config/names.ts";
import type { PageStatus } from "../page/wire.ts";
import type { Usage } from "./workers/usage.ts";

/** What changes while a server runs. */
export interface Life {
  /** In epoch milliseconds. */
  startedAt: number;
  isDraining: boolean;
  memoryLimitMb: number;
}

/** The settings that the page's footer shows. */
const SHOWN: (keyof Config)[] = [
  "streamHoldMs",
  "forwardedHoldMs",
  "streamIdleTimeoutMs",
  "upstreamTimeoutMs",
  "clientStallTimeoutMs",
  "drainTimeoutMs",
  "maxBodyBytes",
  "maxInFlight",
  "maxUpstreamRequests",
  "maxConnections",
];

/** What the page says of the server. */
export function pageStatus(
  config: Config,
  environment: Record<string, string | undefined>,
  { startedAt, isDraining, memoryLimitMb }: Life,
  { openFiles, maxFiles, residentBytes }: Usage,
): PageStatus {
  const outgoingProxy = URL.parse(environment["HTTPS_PROXY"] ?? "")?.host;
  return {
    version: packageJson.version,
    startedAt,
    upstream: config.openrouterBaseUrl,
    keyMode: keyModeOf(config),
    limits: Object.fromEntries(SHOWN.map((name) => [variableName(name), Number(config[name])])),
    isDraining,
    ...(openFiles !== undefined && { openFiles }),
    ...(maxFiles !== undefined && { maxFiles }),
    memoryBytes: residentBytes,
    memoryLimitBytes: memoryLimitMb * 2 ** 20,
    ...(outgoingProxy !== undefined && { outgoingProxy }),
  };
}

function keyModeOf({ openrouterApiKey, proxyApiKeys }: Config): PageStatus["keyMode"] {
  if (openrouterApiKey === undefined) return "the clients' own keys";
  return proxyApiKeys.length > 0 ? "Candor's key, for clients with keys" : "Candor's key";
}
