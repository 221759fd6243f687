import { setImmediate } from "node:timers/promises";
import { Elysia } from "elysia";
import { createGate } from "./access.ts";
import type { LogEntry } from "./access-log.ts";
import { BASE_PATH, type ClientRequest, readClientRequest } from "./client-request.ts";
import { failureResponse } from "./client-response.ts";
import { createCors } from "./cors.ts";
import { type ExchangeContext, performExchange } from "./exchange.ts";
import type { Config } from "./config.ts";
import { Deadline } from "./deadline.ts";
import type { Dialect } from "./wire/dialect.ts";
import { chat } from "./wire/dialects/chat.ts";
import { NAMED } from "./wire/dialects/index.ts";
import { other } from "./wire/dialects/other.ts";
import { openaiErrors } from "./wire/error-form.ts";
import type { Failure } from "./wire/failure.ts";

/** What the application needs from the process that it runs in. */
export interface AppContext extends ExchangeContext {
  /** False once the server is about to stop: load balancers send no more. */
  isReady: () => boolean;
}

/** The part of Bun's server that an exchange uses; absent where a contract calls `app.handle`. */
interface Connections {
  timeout(request: Request, seconds: number): void;
}

/** What Elysia says of a request. Its path is not parsed, so that no odd `Host` can break it. */
interface Asked {
  request: Request;
  path: string;
}

interface Incoming extends Asked {
  server: Connections | null;
}

/** Puts the server's idle limit back, or lets go of a client that has stalled. */
type PutLimitBack = (isStalled: boolean) => void;

/** A path may be as long as a head, and anybody may send it. */
const LONGEST_LOGGED_PATH = 200;

/** With which methods other endpoints than the named ones can be asked. */
const ANY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/**
 * The server's own idle limit, in seconds, for a connection without an exchange: one that sends its
 * next head slowly, or was refused and sends its body all the same. Bun takes 12 for 10.
 */
export const REST_SECONDS = 10;

/**
 * The same for an exchange and after it, by which the server ends a client that does not read what
 * is left of an answer. Bun takes up to 255, and counts so coarsely that less than 10 is no limit.
 */
function idleSeconds({ clientStallTimeoutMs }: Config): number {
  return Math.min(255, Math.max(REST_SECONDS, Math.ceil(clientStallTimeoutMs / 1000)));
}

/**
 * Creates the application: routes, access, and the answer to whatever goes wrong. `dialects` are
 * those of the named endpoints.
 */
export function createApp(context: AppContext, dialects = NAMED) {
  const { config, log } = context;
  const findRefusal = createGate(config);
  const cors = createCors(config.corsOrigins);
  let inFlight = 0;

  /**
   * Gives an exchange a longer idle limit, and lets it outlast that too, which would cut it off
   * without a word; an exchange has limits of its own. Gives the way to put the limit back, since it
   * stays with the connection. Short exchanges, nearly all, cost nothing more.
   */
  function outlast(request: Request, server: Connections | null): PutLimitBack {
    const seconds = idleSeconds(config);
    server?.timeout(request, seconds);
    const deadline = new Deadline();
    let isLifted = false;
    deadline.set((seconds * 1000) / 2, () => {
      isLifted = true;
      server?.timeout(request, 0);
    });
    return (isStalled) => {
      deadline.clear();
      // Bun keeps the socket of a client that does not read until the limit ends it.
      if (isStalled) server?.timeout(request, 1);
      else if (isLifted) server?.timeout(request, seconds);
    };
  }

  /** The request, or why it is refused: who calls, how much is open, what is asked. */
  async function admit(
    request: Request,
    dialect: Dialect,
    entry: LogEntry,
  ): Promise<ClientRequest | Failure> {
    const refusal =
      findWrongMethod(request, dialect.isNamed ? ["POST"] : ANY_METHOD) ??
      findRefusal(request.headers) ??
      // This request is one of those in flight already.
      findOverload(inFlight - 1, config.maxInFlight, "MAX_IN_FLIGHT");
    const client = refusal ?? (await readClientRequest(request, dialect, config));
    if (client.kind !== "client-request") return client;
    entry.stream = client.body["stream"] === true;
    if (typeof client.body["model"] === "string") entry.model = client.body["model"];
    return client;
  }

  /** Answers one request: refuses it, or performs the exchange. */
  async function handle({ request, path, server }: Incoming, dialect: Dialect) {
    const entry = startEntry(request, path);
    const preflight = cors.answerPreflight(request);
    if (preflight !== undefined) return answerAlone(respond(preflight, request, entry));
    inFlight += 1;
    const putLimitBack = outlast(request, server);
    const onEnd = () => {
      inFlight -= 1;
      putLimitBack(entry.rule === "client-stalled");
      entry.ms = performance.now() - entry.arrivedAt;
      log.exchange(entry);
    };
    let client = await admit(request, dialect, entry);
    if (client.kind === "client-request") {
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
    return respond(
      await performExchange({ client, dialect, entry, onEnd }, context),
      request,
      entry,
    );
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
      if (code === "NOT_FOUND") return turnDown(asked, { kind: "unknown-path", path });
      log.error("bug", error);
      return turnDown(asked, { kind: "bug" });
    });
  /** `parse: none`: the bytes of the body are ours to read. `all`: 405 is ours to say. */
  function serve(route: string, dialect: Dialect): void {
    app.all(route, ({ request, path, server }) => handle({ request, path, server }, dialect), {
      parse: "none",
    });
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

/** The log entry of a request that has just come. Its id is the caller's, where that can be one. */
function startEntry(request: Request, path: string): LogEntry {
  const given = request.headers.get("x-request-id") ?? "";
  return {
    arrivedAt: performance.now(),
    method: request.method,
    path: path.slice(0, LONGEST_LOGGED_PATH),
    requestId: /^[\w.:/+=-]{1,128}$/.test(given) ? given : crypto.randomUUID(),
  };
}
