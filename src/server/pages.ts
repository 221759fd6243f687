import { isLoopback } from "../config/loopback.ts";
import type { Failure } from "../proxy/failure.ts";
import { answerAlone, type Proxy } from "../proxy/proxy.ts";
import { findWebSocket } from "../proxy/refusals.ts";
import { peerOf } from "./client-connection.ts";
import type { Incoming } from "./dispatch.ts";
import type { Observers } from "./observers.ts";

/** The answers for people and for Prometheus: the live page, its data, the metrics. */
export interface Pages {
  /** `GET /`: holds nothing secret. */
  page(incoming: Incoming): Promise<Response>;
  /** Below `/page/`: what is known of exchanges. */
  data(incoming: Incoming): Promise<Response>;
  /** `GET /metrics`. */
  metrics(incoming: Incoming): Promise<Response>;
}

/** Creates the pages. Where client keys are set, they are asked for; else only this machine may see. */
export function createPages(
  proxy: Proxy,
  { page, metrics }: Observers,
  hasClientKeys: boolean,
): Pages {
  async function answer(
    incoming: Incoming,
    refusal: Failure | undefined,
    respond: (request: Request) => Promise<Response>,
  ): Promise<Response> {
    const { request, path, server } = incoming;
    const peer = peerOf(server, request);
    const arrival = { request, path, route: "none", peer };
    const failure = refusal ?? findWebSocket(request);
    if (failure !== undefined) return proxy.turnDown(arrival, failure);
    return answerAlone(proxy.guard(request, await respond(request)));
  }
  /** Why a caller may not see exchanges. */
  function findStranger({ request, server }: Incoming): Failure | undefined {
    const { gate } = proxy;
    const foreign = gate.findForeigner(request);
    if (foreign !== undefined) return foreign;
    const caller = gate.identify(request);
    if (caller.kind !== "caller") return caller;
    if (hasClientKeys) return undefined;
    const host = request.headers.get("host") ?? "";
    // DNS rebinding: a page elsewhere whose name leads to this machine.
    if (!isLoopback(host.replace(/:\d*$/, "").toLowerCase())) return { kind: "foreign-host", host };
    const peer = peerOf(server, request);
    const isNear = peer === undefined || isLoopback(peer.replace(/^::ffff:/, ""));
    return isNear ? undefined : { kind: "no-key" };
  }
  const off: Failure = { kind: "unknown-path", path: "/" };
  return {
    page: (incoming) => {
      const foreign = proxy.gate.findForeigner(incoming.request);
      const refusal = foreign ?? (page === undefined ? off : undefined);
      return answer(incoming, refusal, (request) => page?.respond(request) ?? notThere());
    },
    data: (incoming) => {
      const refusal = page === undefined ? off : findStranger(incoming);
      return answer(incoming, refusal, (request) => page?.respond(request) ?? notThere());
    },
    metrics: (incoming) => answer(incoming, findStranger(incoming), () => metrics.respond()),
  };
}

async function notThere(): Promise<Response> {
  return new Response(null, { status: 404 });
}
