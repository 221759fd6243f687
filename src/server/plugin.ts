import { type Config, readConfig } from "../config/config.ts";
import { variableName } from "../config/names.ts";
import type { ExchangeRecord } from "../observe/record.ts";
import { createProxy, type ProxySettings } from "../proxy/proxy.ts";
import type { Send } from "../proxy/upstream-call.ts";
import { createRoutes } from "./routes.ts";

/** The settings of the server that concern its routes. */
type RouteSettings = Omit<Pick<Config, keyof ProxySettings & keyof Config>, "proxyApiKeys">;

/**
 * How the plugin goes about its work. Each setting is what the server has under the same name
 * (`streamHoldMs` is `STREAM_HOLD_MS`), with the same default.
 */
export type CandorOptions = { [Name in keyof RouteSettings]?: RouteSettings[Name] | undefined } & {
  /** The keys that callers may use; `team-a=…` names one. Without them only this machine may call. */
  proxyApiKeys?: string[] | undefined;
  /** Is given the record of every exchange, once it is over. It must not throw. */
  onExchange?: ((record: ExchangeRecord) => void) | undefined;
  /** The way to upstream: by default the global `fetch`. */
  send?: Send | undefined;
};

/**
 * OpenRouter with true statuses as an Elysia plugin: `POST /proxy`, and `/v1/*` for SDKs, below
 * whatever prefix the application has. Throws where a setting cannot be what it is.
 */
export function candor({ onExchange, send, ...settings }: CandorOptions = {}) {
  const config = readSettings(settings);
  const sinks = onExchange === undefined ? [] : [{ end: onExchange }];
  const { clientStallTimeoutMs } = config;
  return createRoutes({
    proxy: createProxy(config, send ?? fetchUpstream, { sinks }),
    clientStallTimeoutMs,
  });
}

/** Upstream, by `fetch`: without its own idle limit, since an exchange has limits of its own. */
const fetchUpstream: Send = (url, init) => fetch(url, { ...init, timeout: false });

/** The settings, checked as those of the server are, from what an environment would hold. */
function readSettings(settings: object): Config {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(settings)) {
    if (value !== undefined) environment[variableName(name)] = String(value);
  }
  const reading = readConfig(environment, []);
  if ("problems" in reading) throw new Error(reading.problems.join("\n"));
  return reading.config;
}
