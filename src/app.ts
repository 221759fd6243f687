import { Elysia } from "elysia";
import { createGate } from "./access.ts";
import type { LogEntry } from "./access-log.ts";
import { readClientRequest } from "./client-request.ts";
import { failureResponse } from "./client-response.ts";
import { createCors } from "./cors.ts";
import { type ExchangeContext, performExchange } from "./exchange.ts";
import { chat } from "./wire/dialects/chat.ts";
import type { Dialect } from "./wire/dialect.ts";
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

/** The endpoints that are judged, by where clients find them. */
const ENDPOINTS: [path: string, dialect: Dialect][] = [
  ["/proxy", chat],
  ["/v1/chat/completions", chat],
];

/** The largest value of Bun's idle timeout, in seconds. */
const LONGEST_IDLE_SECONDS = 255;

/** Creates the application: routes, access, and the answer to whatever goes wrong. */
export function createApp(context: AppContext) {
  const { config, log } = context;
  const findRefusal = createGate(config);
  const cors = createCors(config.corsOrigins);
  const stallSeconds = Math.ceil(config.clientStallTimeoutMs / 1000);

  let inFlight = 0;

  function findOverload(): Failure | undefined {
    const limit = config.maxInFlight;
    return inFlight > limit ? { kind: "too-busy", limit, setting: "MAX_IN_FLIGHT" } : undefined;
  }

  /** Answers one request: who may call, what is asked, then the exchange. */
  async function handle(request: Request, dialect: Dialect, server: Connections | null) {
    const entry = startEntry(request);
    const preflight = cors.answerPreflight(request);
    if (preflight !== undefined) return respond(preflight, request, entry);
    inFlight += 1;
    const finish = () => {
      inFlight -= 1;
      // The server's own limit takes over: it ends a client that does not read what is left.
      server?.timeout(request, Math.min(stallSeconds, LONGEST_IDLE_SECONDS));
      entry.ms = performance.now() - entry.arrivedAt;
      log.exchange(entry);
    };

    const failure =
      findWrongMethod(request, ["POST"]) ?? findRefusal(request.headers) ?? findOverload();
    const client = failure ?? (await readClientRequest(request, dialect, config));
    if (client.kind !== "client-request") {
      const refusal = failureResponse(client, entry);
      finish();
      return respond(refusal, request, entry);
    }
    entry.stream = client.body["stream"] === true;
    if (typeof client.body["model"] === "string") entry.model = client.body["model"];
    // An open exchange has limits of its own; the server's would cut it off without a word.
    server?.timeout(request, 0);
    const response = await performExchange({ client, dialect, entry, onEnd: finish }, context);
    return respond(response, request, entry);
  }

  /** Adds what every answer has. */
  function respond(response: Response, request: Request, entry: LogEntry): Response {
    response.headers.set("x-request-id", entry.requestId);
    cors.allow(request, response.headers);
    return response;
  }

  /** Answers a request that no endpoint takes. */
  function turnDown(request: Request, failure: Failure): Response {
    const entry = startEntry(request);
    const response = failureResponse(failure, entry);
    log.exchange(entry);
    return respond(response, request, entry);
  }

  /** Answers a load balancer or an orchestrator. Probes need no key, and are not logged. */
  function probe(request: Request, isGood: boolean, status: string): Response {
    const failure = findWrongMethod(request, ["GET", "HEAD"]);
    if (failure !== undefined) return turnDown(request, failure);
    return Response.json({ status }, { status: isGood ? 200 : 503 });
  }

  const app = new Elysia({
    // Elysia reads short host names wrongly unless told not to look for a standard one.
    handler: { standardHostname: false },
  })
    .all("/healthz", ({ request }) => probe(request, true, "ok"))
    .all("/readyz", ({ request }) => {
      const isReady = context.isReady();
      return probe(request, isReady, isReady ? "ready" : "draining");
    })
    .onError(({ code, error, request }) => {
      if (code === "NOT_FOUND") {
        return turnDown(request, { kind: "unknown-path", path: new URL(request.url).pathname });
      }
      log.error("bug", error);
      return turnDown(request, { kind: "bug" });
    });
  for (const [path, dialect] of ENDPOINTS) {
    // `parse: none`: the bytes of the body are ours to read. `all`: 405 is ours to say.
    app.all(path, ({ request, server }) => handle(request, dialect, server), { parse: "none" });
  }
  return app;
}

function findWrongMethod(request: Request, allowed: string[]): Failure | undefined {
  const { method } = request;
  return allowed.includes(method) ? undefined : { kind: "wrong-method", method, allowed };
}

/** The log entry of a request that has just come. Its id is the caller's, where that can be one. */
function startEntry(request: Request): LogEntry {
  const given = request.headers.get("x-request-id") ?? "";
  return {
    arrivedAt: performance.now(),
    method: request.method,
    path: new URL(request.url).pathname,
    requestId: /^[\w.:/+=-]{1,128}$/.test(given) ? given : crypto.randomUUID(),
  };
}
