import type { RecordSink } from "../../src/observe/record.ts";
import { type Endpoint, NAMED } from "../../src/proxy/endpoint.ts";
import { createProxy, type ProxySettings } from "../../src/proxy/proxy.ts";
import type { Send } from "../../src/proxy/upstream-call.ts";
import { createApp } from "../../src/server/app.ts";

/** The application without a socket, for `app.handle`. */
export function appOf(
  config: ProxySettings,
  send: Send,
  sinks: RecordSink[] = [],
  endpoints: Endpoint[] = NAMED,
) {
  const proxy = createProxy(config, send, { sinks });
  const { clientStallTimeoutMs } = config;
  return createApp({ proxy, isReady: () => true, clientStallTimeoutMs }, endpoints);
}
