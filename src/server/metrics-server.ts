import type { Config } from "../config/config.ts";
import type { Observers } from "./observers.ts";

/** The metrics on a port of their own, without a key, where METRICS_PORT asks for that. */
export function serveMetrics({ host, metricsPort, sharePort }: Config, { metrics }: Observers) {
  if (metricsPort === undefined) return undefined;
  return Bun.serve({
    hostname: host,
    port: metricsPort,
    reusePort: sharePort,
    development: false,
    routes: { "/metrics": () => metrics.respond() },
    fetch: () => new Response("The metrics are at /metrics.\n", { status: 404 }),
  });
}
