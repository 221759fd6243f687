import type { Config } from "../config/config.ts";
import { outgoingProxy } from "./outgoing-proxy.ts";

/** Of all files that may be open, how many may be connections. */
const SHARE_FOR_CONNECTIONS = 0.75;

/**
 * What the server says once it listens, in one line: where, in front of what, whose keys are used,
 * what limits hold, and through which proxy upstream is reached. `mostFiles` is `ulimit -n`.
 */
export function startLine(
  url: string,
  config: Config,
  environment: Record<string, string | undefined>,
  mostFiles: number,
): string {
  const { openrouterBaseUrl, openrouterApiKey } = config;
  const proxy = outgoingProxy(openrouterBaseUrl, environment);
  const through = proxy === undefined ? "none" : `${proxy.url} (${proxy.variable})`;
  return [
    `listening on ${url}, upstream is ${openrouterBaseUrl}`,
    `key: ${openrouterApiKey === undefined ? "the callers' own" : "held here"}`,
    `callers: ${describeCallers(config)}`,
    `limits: ${describeLimits(config, mostFiles)}`,
    `outgoing proxy: ${through}`,
  ].join("; ");
}

/** Who may call: the names of the keys, never the keys. */
function describeCallers({ openrouterApiKey, proxyApiKeys }: Config): string {
  if (openrouterApiKey === undefined) return "anybody with a key of OpenRouter's";
  if (proxyApiKeys.length === 0) return "this machine alone, no key needed";
  const names = proxyApiKeys.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const nameless = proxyApiKeys.length - names.length;
  const rest =
    nameless === 0 ? [] : [`${nameless} ${nameless === 1 ? "key" : "keys"} without a name`];
  return [...new Set(names), ...rest].join(", ");
}

function describeLimits(config: Config, mostFiles: number): string {
  const { maxInFlight, maxUpstreamRequests, maxConnections, maxBodyBytes, memoryLimitMb } = config;
  const byFiles = Math.floor(mostFiles * SHARE_FOR_CONNECTIONS);
  const connections =
    byFiles < maxConnections
      ? `${byFiles} connections (by ulimit -n)`
      : `${maxConnections} connections`;
  return [
    connections,
    `${maxInFlight} requests`,
    `${maxUpstreamRequests} upstream`,
    `bodies of ${maxBodyBytes} bytes`,
    ...(memoryLimitMb === undefined ? [] : [`${memoryLimitMb} MB of memory`]),
  ].join(", ");
}
