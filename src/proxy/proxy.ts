import { setImmediate } from "node:timers/promises";
import { DenseSet } from "../core/dense-set.ts";
import type { ErrorForm } from "../core/error-form.ts";
import { SHUTDOWN } from "../core/give-up.ts";
import type { BreakPolicy } from "../core/pump.ts";
import type { Ending } from "../core/steps.ts";
import { type Limits, truthfulResponse } from "../core/truthful-response.ts";
import type { RecordSink } from "../observe/record.ts";
import {
  type ClientRequest,
  type OpenRead,
  readClientRequest,
  type RequestLimits,
} from "./client-request.ts";
import { createCors } from "./cors.ts";
import type { Endpoint } from "./endpoint.ts";
import {
  type Arrival,
  beginExchange,
  type Exchange,
  type ExchangeContext,
  failExchange,
  finishResponse,
} from "./exchange.ts";
import type { Failure } from "./failure.ts";
import { createGate, type Gate, type GateSettings } from "./gate.ts";
import { createHide } from "./hide-key.ts";
import { findMissingHost, findOverload, findWrongMethod } from "./refusals.ts";
import { type Send, UpstreamCall, type UpstreamSettings } from "./upstream-call.ts";

/** What a proxy goes by; durations in milliseconds. */
export interface ProxySettings extends RequestLimits, GateSettings, UpstreamSettings {
  openrouterApiKey?: string | undefined;
  corsOrigins: string[];
  maxInFlight: number;
  maxUpstreamRequests: number;
  streamHoldBytes: number;
  streamIdleTimeoutMs: number;
  streamEventBytes: number;
  streamTailMs: number;
  maxJsonDepth: number;
  maxJsonContainers: number;
  clientStallTimeoutMs: number;
  keepAliveMs: number;
  keepComments: boolean;
  breakStreams: BreakPolicy;
  defaultRetryAfterS: number;
}

/** The client's connection, as far as an exchange has a say in it. */
export interface Connection {
  /** An exchange has begun, which has limits of its own. */
  begin(): void;
  /** Ends the connection without a clean end, once all that was sent has arrived. */
  breakOff(): void;
  /** The exchange is over; `isRefused`: what is left of the request's body is not waited for. */
  end(ending: Ending, isRefused: boolean): void;
}

/** A proxy in front of upstream. */
export interface Proxy {
  /** Answers a request to an endpoint: refuses it, or asks upstream. */
  answer(arrival: Arrival, endpoint: Endpoint, connection?: Connection): Promise<Response>;
  /** Answers a request that no endpoint takes. */
  turnDown(arrival: Arrival, failure: Failure, form: ErrorForm): Promise<Response>;
  /** Ends what is open with an error: the server stops. */
  shutDown(): void;
}

/** What all requests of a proxy share. */
interface Shared extends ExchangeContext {
  config: ProxySettings;
  limits: Limits;
  send: Send;
  findIntruder: Gate;
  openCalls: DenseSet<UpstreamCall>;
  openReads: DenseSet<OpenRead>;
  inFlight: number;
}

/** With which methods named endpoints can be asked, and others. */
const POST_ONLY = ["POST"];
const ANY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** Creates a proxy. The record of each exchange goes to `sinks`. */
export function createProxy(config: ProxySettings, send: Send, sinks: RecordSink[]): Proxy {
  const shared: Shared = {
    config,
    limits: limitsOf(config),
    send,
    sinks,
    cors: createCors(config.corsOrigins),
    hide: createHide(config.openrouterApiKey),
    findIntruder: createGate(config),
    openCalls: new DenseSet(),
    openReads: new DenseSet(),
    inFlight: 0,
  };
  return {
    answer: (arrival, endpoint, connection) => answer(arrival, endpoint, connection, shared),
    turnDown: (arrival, failure, form) =>
      answerAlone(failExchange(failure, beginExchange(arrival, form, shared))),
    shutDown() {
      for (const read of shared.openReads) read.giveUp();
      for (const call of shared.openCalls) call.giveUp(SHUTDOWN);
    },
  };
}

async function answer(
  arrival: Arrival,
  endpoint: Endpoint,
  connection: Connection | undefined,
  shared: Shared,
): Promise<Response> {
  const preflight = shared.cors.answerPreflight(arrival.request);
  if (preflight !== undefined) {
    shared.cors.allow(arrival.request, preflight.headers);
    return answerAlone(preflight);
  }
  let isRefused = false;
  shared.inFlight += 1;
  connection?.begin();
  const exchange = beginExchange(arrival, endpoint.dialect.errorForm, shared, (ending) => {
    shared.inFlight -= 1;
    connection?.end(ending, isRefused);
  });
  try {
    const client = await admit(exchange, endpoint, shared);
    if (client.kind === "client-request") {
      return await askUpstream(client, exchange, endpoint, connection, shared);
    }
    isRefused = true;
    return await answerAlone(failExchange(client, exchange));
  } catch (error) {
    // The only place for bugs before the status line; behind it, the pump has its own.
    return failExchange({ kind: "bug", error }, exchange);
  }
}

/** The request, read and found good, or why it goes no further. */
async function admit(
  { arrival, recorder }: Exchange,
  endpoint: Endpoint,
  shared: Shared,
): Promise<ClientRequest | Failure> {
  const { config, openCalls, openReads } = shared;
  const refusal = findRefusal(arrival.request, endpoint, shared);
  if (refusal !== undefined) return refusal;
  const client = await readClientRequest(arrival.request, endpoint, config, openReads);
  if (client.kind !== "client-request") return client;
  const { model, stream } = client.body;
  recorder.asked({ stream: stream === true, ...(typeof model === "string" && { model }) });
  // Only now, and at once: others went upstream while this one was read.
  const limit = config.maxUpstreamRequests;
  return findOverload(openCalls.size, limit, "MAX_UPSTREAM_REQUESTS") ?? client;
}

/** Why a request is not even read: its method, who calls, how much is under way. */
function findRefusal(
  request: Request,
  { dialect }: Endpoint,
  { findIntruder, inFlight, config }: Shared,
): Failure | undefined {
  return (
    findWrongMethod(request, dialect.isNamed ? POST_ONLY : ANY_METHOD) ??
    findIntruder(request.headers) ??
    findMissingHost(request) ??
    // This request is one of those in flight already.
    findOverload(inFlight - 1, config.maxInFlight, "MAX_IN_FLIGHT")
  );
}

/** Sends the request upstream, and answers with the truth about what comes back. */
async function askUpstream(
  client: ClientRequest,
  exchange: Exchange,
  { dialect }: Endpoint,
  connection: Connection | undefined,
  { config, limits, send, hide, openCalls }: Shared,
): Promise<Response> {
  const { arrivedAt, recorder, observe, whenOver, flavour } = exchange;
  const call = new UpstreamCall(client.signal, config, openCalls);
  whenOver(() => call.close());
  recorder.sent();
  const upstream = await call.send(send, client);
  if ("kind" in upstream) return failExchange(upstream, exchange);
  const { method, body, holdMs } = client;
  const breakOff = connection && (() => connection.breakOff());
  const { control } = call;
  const asked = { dialect, method, body, control, arrivedAt, holdMs, hide, flavour, breakOff };
  try {
    return finishResponse(await truthfulResponse(upstream, asked, limits, observe), exchange);
  } catch (error) {
    const { failure } = call;
    if (failure !== undefined) return failExchange(failure, exchange);
    call.giveUp(error);
    throw error;
  }
}

/** The limits of all answers. */
function limitsOf(config: ProxySettings): Limits {
  const { maxJsonDepth, maxJsonContainers } = config;
  return { ...config, structure: { maxDepth: maxJsonDepth, maxContainers: maxJsonContainers } };
}

/**
 * Answers one turn of the event loop later. Otherwise one client that pipelines requests starves all
 * others (Bun closes such a connection when we wait).
 */
export async function answerAlone(response: Response): Promise<Response> {
  await setImmediate();
  return response;
}
