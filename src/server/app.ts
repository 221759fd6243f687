import { setImmediate } from "node:timers/promises";
import { Elysia } from "elysia";
import { createGate } from "../proxy/gate.ts";
import type { LogEntry } from "../observe/log.ts";
import {
  BASE_PATH,
  type ClientRequest,
  type OpenRead,
  readClientRequest,
} from "../proxy/client-request.ts";
import { failureResponse } from "../proxy/client-response.ts";
import { createCors } from "../proxy/cors.ts";
import { type ExchangeContext, performExchange } from "../proxy/exchange.ts";
import type { Config } from "../config/config.ts";
import type { DenseSet } from "../core/dense-set.ts";
import type { Dialect } from "../core/dialect.ts";
import { chat } from "../core/dialects/chat.ts";
import { NAMED } from "../core/dialects/named.ts";
import { other } from "../core/dialects/other.ts";
import { openaiErrors } from "../core/error-body.ts";
import type { Failure } from "../core/failure.ts";

/** What the application needs from the process that it runs in. */
export interface AppContext extends ExchangeContext {
  /** False once the server is about to stop: load balancers send no more. */
  isReady: () => boolean;
  /** The requests whose bodies are being received, which are given up when the server stops. */
  openReads: DenseSet<OpenRead>;
}

/** What Elysia says of a request. Its path is not parsed, so that no odd `Host` can break it. */
interface Asked {
  request: Request;
  path: string;
}

/** A path may be as long as a head, and anybody may send it. */
const LONGEST_LOGGED_PATH = 200;

/** With which methods named endpoints can be asked, and others. */
const POST_ONLY = ["POST"];
const ANY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/**
 * The server's own idle limit, in seconds, for a connection without an exchange: one that sends its
 * next head slowly, or was refused and sends its body all the same. Bun takes 12 for 10.
 */
export const REST_SECONDS = 10;

/**
 * The same after an exchange, by which the server ends a client that does not read what is left of
 * an answer. Bun takes up to 255, and counts so coarsely that with less than 10 it may cut a client
 * off that does read.
 */
function exchangeIdleSeconds({ clientStallTimeoutMs }: Config): number {
  return Math.min(255, Math.max(REST_SECONDS, Math.ceil(clientStallTimeoutMs / 1000)));
}

/**
 * Creates the application: routes, access, and the answer to whatever goes wrong. `dialects` are
 * those of the named endpoints.
 */
export function createApp(context: AppContext, dialects = NAMED) {
  const { config, log } = context;
  const findIntruder = createGate(config);
  const idleSeconds = exchangeIdleSeconds(config);
  const cors = createCors(config.corsOrigins);
  let inFlight = 0;

  /** Why a request is not even read: its method, who calls, how much is under way. */
  function findRefusal(request: Request, dialect: Dialect): Failure | undefined {
    return (
      findWrongMethod(request, dialect.isNamed ? POST_ONLY : ANY_METHOD) ??
      findIntruder(request.headers) ??
      findMissingHost(request) ??
      // This request is one of those in flight already.
      findOverload(inFlight - 1, config.maxInFlight, "MAX_IN_FLIGHT")
    );
  }

  /** Answers one request: refuses it, or performs the exchange. */
  async function handle({ request, path }: Asked, dialect: Dialect) {
    // None where a contract calls `app.handle`. In Elysia's context it would be a property that is
    // defined anew for each request.
    const { server } = app;
    const entry = startEntry(request, path);
    const preflight = cors.answerPreflight(request);
    if (preflight !== undefined) return answerAlone(respond(preflight, request, entry));
    inFlight += 1;
    // The server's idle limit would cut an exchange off without a word, which has limits of its own.
    server?.timeout(request, 0);
    let isOver = false;
    const onEnd = () => {
      if (isOver) return;
      isOver = true;
      inFlight -= 1;
      // The limit stays with the connection. A client that has stalled is let go of by it.
      server?.timeout(request, entry.rule === "client-stalled" ? 1 : idleSeconds);
      entry.ms = performance.now() - entry.arrivedAt;
      log.exchange(entry);
    };
    try {
      let client: ClientRequest | Failure =
        findRefusal(request, dialect) ??
        (await readClientRequest(request, dialect, config, context.openReads));
      if (client.kind === "client-request") {
        noteRequest(client, entry);
        // Only now, and at once: others went upstream while this one was read.
        const { size } = context.openCalls;
        client = findOverload(size, config.maxUpstreamRequests, "MAX_UPSTREAM_REQUESTS") ?? client;
      }
      if (client.kind !== "client-request") {
        const refusal = failureResponse(client, dialect.errorForm, entry);
        onEnd();
        // Until then, what is left of the body is read and thrown away, so that the answer is seen.
        server?.timeout(request, REST_SECONDS);
        return answerAlone(respond(refusal, request, entry));
      }
      const answer = await performExchange({ client, dialect, entry, onEnd }, context);
      return respond(answer, request, entry);
    } catch (bug) {
      entry.rule = "bug";
      onEnd();
      throw bug;
    }
  }

  /** Adds what every answer has. */
  function respond(response: Response, request: Request, entry: LogEntry): Response {
    response.headers.set("x-request-id", entry.requestId);
    cors.allow(request, response.headers);
    return response;
  }

  /** Answers a request that no endpoint takes. */
  function turnDown({ request, path }: Asked, failure: Failure): Promise<Response> {
    const entry = startEntry(request, path);
    const response = failureResponse(failure, openaiErrors, entry);
    entry.ms = performance.now() - entry.arrivedAt;
    log.exchange(entry);
    return answerAlone(respond(response, request, entry));
  }

  /** Answers a load balancer or an orchestrator. Probes need no key, and are not logged. */
  function probe(asked: Asked, isGood: boolean, status: string): Promise<Response> {
    const failure = findWrongMethod(asked.request, ["GET", "HEAD"]);
    if (failure !== undefined) return turnDown(asked, failure);
    return answerAlone(Response.json({ status }, { status: isGood ? 200 : 503 }));
  }

  // Elysia prepares for a handler what it sees it use: each takes the context apart at once.
  const app = new Elysia({
    // Elysia reads short host names wrongly unless told not to look for a standard one.
    handler: { standardHostname: false },
  })
    .all("/healthz", ({ request, path }) => probe({ request, path }, true, "ok"))
    .all("/readyz", ({ request, path }) => {
      const isReady = context.isReady();
      return probe({ request, path }, isReady, isReady ? "ready" : "draining");
    })
    .onError(({ code, error, request, path }) => {
      const asked = { request, path };
      if (code === "NOT_FOUND") {
        return turnDown(asked, findMissingHost(request) ?? { kind: "unknown-path", path });
      }
      log.error("bug", error);
      return turnDown(asked, { kind: "bug" });
    });
  /** `parse: none`: the bytes of the body are ours to read. `all`: 405 is ours to say. */
  function serve(route: string, dialect: Dialect): void {
    app.all(route, ({ request, path }) => handle({ request, path }, dialect), { parse: "none" });
  }
  serve("/proxy", chat);
  for (const dialect of dialects) serve(BASE_PATH + dialect.path, dialect);
  serve(`${BASE_PATH}/*`, other);
  return app;
}

/**
 * Answers one turn of the event loop later. Bun closes a connection on which the next request comes
 * before that; answered at once, a client that sends one behind the other keeps all others waiting.
 */
async function answerAlone(response: Response): Promise<Response> {
  await setImmediate();
  return response;
}

function findOverload(open: number, limit: number, setting: string): Failure | undefined {
  return open >= limit ? { kind: "too-busy", limit, setting } : undefined;
}

function findWrongMethod(request: Request, allowed: string[]): Failure | undefined {
  const { method } = request;
  return allowed.includes(method) ? undefined : { kind: "wrong-method", method, allowed };
}

/**
 * Without a `Host` that is one (HTTP/1.0 needs none), Bun gives a path for an address, of which
 * Elysia takes the beginning for a host: what it then routes is not what was asked for.
 */
function findMissingHost(request: Request): Failure | undefined {
  if (!request.url.startsWith("/")) return undefined;
  return { kind: "bad-header", name: "host", problem: "There is none, or it is no host." };
}

/** Ids of requests that may stand in a header field and in a log. */
const REQUEST_ID = /^[\w.:/+=-]{1,128}$/;

/** The log entry of a request that has just come. Its id is the caller's, where that can be one. */
function startEntry(request: Request, path: string): LogEntry {
  const given = request.headers.get("x-request-id") ?? "";
  return {
    arrivedAt: performance.now(),
    method: request.method,
    path: path.slice(0, LONGEST_LOGGED_PATH),
    requestId: REQUEST_ID.test(given) ? given : crypto.randomUUID(),
  };
}

/** Takes down what a request asks for. */
function noteRequest({ body }: ClientRequest, entry: LogEntry): void {
  entry.stream = body["stream"] === true;
  if (typeof body["model"] === "string") entry.model = body["model"];
}
