import { setImmediate } from "node:timers/promises";
import { DenseSet } from "../core/dense-set.ts";
import { SHUTDOWN } from "../core/give-up.ts";
import type { Ending } from "../core/steps.ts";
import { type Limits, truthfulResponse } from "../core/truthful-response.ts";
import { decode } from "../core/utf8.ts";
import { createRedaction } from "../observe/redaction.ts";
import { createClientAddress } from "./client-address.ts";
import { type ClientRequest, readClientRequest, type RequestLimits } from "./client-request.ts";
import { createCors } from "./cors.ts";
import { commitByLimit } from "./early-commit.ts";
import { type Endpoint, errorFormAt } from "./endpoint.ts";
import {
  type Arrival,
  askedPath,
  beginExchange,
  type Exchange,
  type ExchangeContext,
  failExchange,
  finishResponse,
  type Watchers,
} from "./exchange.ts";
import type { Failure } from "./failure.ts";
import { type Caller, createGate, type Gate, type GateSettings } from "./gate.ts";
import { createHide } from "./hide-key.ts";
import { type Memory, MemoryBudget, UNLIMITED } from "./memory-budget.ts";
import { addGuards } from "./own-fields.ts";
import { findMissingHost, findOverload, findWebSocket, findWrongMethod } from "./refusals.ts";
import type { OpenRead } from "./request-body.ts";
import { giveUpStalled, type Send, UpstreamCall, type UpstreamSettings } from "./upstream-call.ts";

/** The settings that give the limits of answers. */
export interface LimitSettings extends Omit<Limits, "structure" | "maxAnswerBytes"> {
  maxBodyBytes: number;
  /** That of `maxBodyBytes` where there is none. */
  maxAnswerBytes?: number | undefined;
  maxJsonDepth: number;
  maxJsonContainers: number;
}

/** What a proxy goes by; durations in milliseconds. */
export interface ProxySettings
  extends RequestLimits, GateSettings, UpstreamSettings, LimitSettings {
  openrouterApiKey?: string | undefined;
  corsOrigins: string[];
  trustedProxies: string[];
  maxInFlight: number;
  maxUpstreamRequests: number;
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
  turnDown(arrival: Arrival, failure: Failure): Promise<Response>;
  /** Adds to an answer that is not the proxy's what every answer has. */
  guard(request: Request, response: Response): Response;
  /** Decides who may call: for what is not the proxy's. */
  gate: Gate;
  /** Lets go of clients that do not read, where memory is short; gives their number. */
  shedStalled(): number;
  /** From now on every answer closes its connection: the server is about to stop. */
  closeConnections(): void;
  /** Ends what is open with an error: the server stops. */
  shutDown(): void;
}

/** What all requests of a proxy share. */
interface Shared extends ExchangeContext {
  config: ProxySettings;
  limits: Limits;
  send: Send;
  gate: Gate;
  budget: MemoryBudget;
  openCalls: DenseSet<UpstreamCall>;
  openReads: DenseSet<OpenRead>;
  inFlight: number;
}

/** With which methods named endpoints can be asked, and others. */
const POST_ONLY = ["POST"];
const ANY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** Creates a proxy; `watchers` are told of each exchange. */
export function createProxy(
  config: ProxySettings,
  send: Send,
  watchers: Watchers,
  memory: Memory = UNLIMITED,
): Proxy {
  const hide = createHide(config.openrouterApiKey);
  const redactKeys = createRedaction(keysOf(config));
  const budget = new MemoryBudget(memory, () => shared.inFlight <= 1);
  const shared: Shared = {
    config,
    limits: limitsOf(config),
    send,
    watchers,
    redact: (text) => redactKeys(hide(text)),
    guards: { cors: createCors(config.corsOrigins), closesConnections: false },
    hide,
    findClientAddress: createClientAddress(config.trustedProxies),
    gate: createGate(config),
    budget,
    openCalls: new DenseSet(),
    openReads: new DenseSet(),
    inFlight: 0,
  };
  return {
    answer: (arrival, endpoint, connection) => answer(arrival, endpoint, connection, shared),
    turnDown(arrival, failure) {
      const form = errorFormAt(askedPath(arrival), arrival.request.headers);
      return answerAlone(failExchange(failure, beginExchange(arrival, form, shared)));
    },
    guard(request, response) {
      addGuards(response.headers, request, shared.guards);
      return response;
    },
    gate: shared.gate,
    shedStalled: () => (budget.isShort() ? giveUpStalled(shared.openCalls) : 0),
    closeConnections() {
      shared.guards.closesConnections = true;
    },
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
  const preflight = shared.guards.cors.answerPreflight(arrival.request);
  if (preflight !== undefined) {
    addGuards(preflight.headers, arrival.request, shared.guards);
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
      const answered = askUpstream(client, exchange, endpoint, connection, shared);
      return await (mayComeLate(client, endpoint) ? inTime(answered, exchange, shared) : answered);
    }
    isRefused = true;
    return await answerAlone(failExchange(client, exchange));
  } catch (error) {
    // The place for bugs before the status line (`inTime` has one for answers that come after it);
    // behind it, the pump has its own.
    return failExchange({ kind: "bug", error }, exchange);
  }
}

/** Whether another proxy waits for a plain answer, on which it gives up if nothing comes. */
function mayComeLate({ isForwarded, body }: ClientRequest, { dialect }: Endpoint): boolean {
  return isForwarded && dialect.isNamed && body["stream"] !== true;
}

/** A plain answer that begins by `FORWARDED_HOLD_MS`, under a 200 if need be. */
async function inTime(
  answered: Promise<Response>,
  exchange: Exchange,
  { config }: Shared,
): Promise<Response> {
  const safe = answered.catch((error: unknown) => failExchange({ kind: "bug", error }, exchange));
  const untilMs = exchange.arrivedAt + config.forwardedHoldMs - performance.now();
  const onCommit = () =>
    exchange.observe({ kind: "committed", status: 200, reason: "hold-limit", place: undefined });
  const { keepAliveMs } = config;
  const response = await commitByLimit(safe, { untilMs, keepAliveMs, onCommit });
  return response.headers.has("x-request-id") ? response : finishResponse(response, exchange);
}

/** The request, read and found good, or why it goes no further. */
async function admit(
  { arrival, recorder }: Exchange,
  endpoint: Endpoint,
  shared: Shared,
): Promise<ClientRequest | Failure> {
  const { config, openCalls } = shared;
  const { request } = arrival;
  const expected = expectedBytes(request, config);
  const caller = letIn(request, endpoint, expected, shared);
  if (caller.kind !== "caller") return caller;
  if (caller.keyName !== undefined) recorder.asked({ keyName: caller.keyName });
  const client = await receive(request, endpoint, expected, shared);
  if (client.kind !== "client-request") return client;
  const { model, stream } = client.body;
  recorder.asked({ stream: stream === true, ...(typeof model === "string" && { model }) });
  // Only now, and at once: others went upstream while this one was read.
  const limit = config.maxUpstreamRequests;
  return findOverload(openCalls.size, limit, "MAX_UPSTREAM_REQUESTS") ?? client;
}

/** The request, read, while its body, of an expected size, counts as memory that is taken. */
async function receive(
  request: Request,
  endpoint: Endpoint,
  expected: number,
  { config, openReads, budget }: Shared,
): Promise<ClientRequest | Failure> {
  const share = budget.open(expected);
  try {
    return await readClientRequest(request, endpoint, config, openReads, share.grow);
  } finally {
    share.close();
  }
}

/** Who calls, or why a request is not even read: who asks, its method, how much is under way. */
function letIn(
  request: Request,
  { dialect }: Endpoint,
  expected: number,
  shared: Shared,
): Caller | Failure {
  const { gate } = shared;
  const upgrade = findWebSocket(request);
  const allowed = dialect.isNamed ? POST_ONLY : ANY_METHOD;
  const wrongMethod = upgrade === undefined ? findWrongMethod(request, allowed) : undefined;
  const refusal = wrongMethod ?? gate.findForeigner(request) ?? upgrade;
  if (refusal !== undefined) return refusal;
  const caller = gate.identify(request);
  if (caller.kind !== "caller") return caller;
  return findMissingHost(request) ?? findNoRoom(expected, shared) ?? caller;
}

/** Why there is no room for another request, whose body has so many bytes. */
function findNoRoom(expected: number, { inFlight, config, budget }: Shared): Failure | undefined {
  // This request is one of those in flight already.
  const excess = findOverload(inFlight - 1, config.maxInFlight, "MAX_IN_FLIGHT");
  return excess ?? budget.findShortage(expected);
}

/** How long a body will be that is taken; 0 where nobody knows. */
function expectedBytes({ headers }: Request, { maxBodyBytes }: ProxySettings): number {
  return Math.min(Number(headers.get("content-length")), maxBodyBytes);
}

/** Sends the request upstream, and answers with the truth about what comes back. */
async function askUpstream(
  client: ClientRequest,
  exchange: Exchange,
  { dialect }: Endpoint,
  connection: Connection | undefined,
  { config, limits, send, hide, openCalls, watchers }: Shared,
): Promise<Response> {
  const { arrivedAt, recorder, observe, whenOver, flavour } = exchange;
  const call = new UpstreamCall(client.signal, config, openCalls);
  whenOver(() => call.close());
  recorder.sent();
  const { record } = recorder;
  const tapped = watchers.tap && { ...client, body: decode(client.bytes) };
  const sent = await call.send(send, client, watchers.trace?.send(record));
  if ("kind" in sent) return failExchange(sent, exchange);
  const upstream = tapped ? (watchers.tap?.(record, tapped, sent) ?? sent) : sent;
  const { method, body, holdMs } = client;
  const breakOff = connection && (() => connection.breakOff());
  const { control, turn } = call;
  const asked = {
    dialect,
    method,
    body,
    control,
    arrivedAt,
    holdMs,
    hide,
    flavour,
    turn,
    breakOff,
  };
  try {
    return finishResponse(await truthfulResponse(upstream, asked, limits, observe), exchange);
  } catch (error) {
    const { failure } = call;
    if (failure !== undefined) return failExchange(failure, exchange);
    call.giveUp(error);
    throw error;
  }
}

/** All keys that are held: none of them may be kept or shown. */
function keysOf({ openrouterApiKey, proxyApiKeys }: ProxySettings): string[] {
  const held = proxyApiKeys.map(({ key }) => key);
  return openrouterApiKey === undefined ? held : [openrouterApiKey, ...held];
}

/** The limits of answers that these settings give. */
export function limitsOf(config: LimitSettings): Limits {
  const { maxJsonDepth, maxJsonContainers, maxBodyBytes, maxAnswerBytes = maxBodyBytes } = config;
  const structure = { maxDepth: maxJsonDepth, maxContainers: maxJsonContainers };
  return { ...config, maxAnswerBytes, structure };
}

/**
 * Answers one turn of the event loop later. Otherwise one client that pipelines requests starves all
 * others (Bun closes such a connection when we wait).
 */
export async function answerAlone(response: Response): Promise<Response> {
  await setImmediate();
  return response;
}
