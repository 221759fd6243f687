import { type ErrorForm, type Flavour, flavourOf } from "../core/error-form.ts";
import type { Ending, Step } from "../core/steps.ts";
import { encode } from "../core/utf8.ts";
import { Recorder } from "../observe/recorder.ts";
import type { ExchangeRecord, RecordSink } from "../observe/record.ts";
import type { FindClientAddress } from "./client-address.ts";
import { replyToFailure } from "./failure-answer.ts";
import type { Failure } from "./failure.ts";
import { addOwnFields, type Guards } from "./own-fields.ts";
import { plainPath } from "./request-path.ts";

/** A request as it came. */
export interface Arrival {
  request: Request;
  /** The path that was asked for, for the log: the address may have none (`findMissingHost`). */
  path: string;
  /** The route that takes it, one of a closed list: it labels metrics. */
  route: string;
  /** The address at the other end of the connection, where there is one. */
  peer?: string | undefined;
}

/** One request, from its arrival to its end. */
export interface Exchange {
  arrival: Arrival;
  /** The reading of `performance.now()` at which the request came. */
  arrivedAt: number;
  recorder: Recorder;
  form: ErrorForm;
  /** How the caller reads the `code` of an error. */
  flavour: () => Flavour;
  guards: Guards;
  /** Records what happens to the answer, and ends the exchange with the last step. */
  observe: (step: Step) => void;
  /** Calls back once the exchange is over. */
  whenOver: (callback: () => void) => void;
  /** The exchange is over: records that, and frees what it holds. Only the first call counts. */
  end: (ending: Ending) => void;
}

/** Who is told of exchanges. */
export interface Watchers {
  /** Where the record of each goes. */
  sinks: RecordSink[];
  /** Takes part in the client's trace: `send` gives the header fields by which upstream does. */
  trace?: {
    arrive: (record: ExchangeRecord, headers: Headers) => void;
    send: (record: ExchangeRecord) => Record<string, string>;
  };
  /** Copies what is read of upstream's response. What comes back is read in its place. */
  tap?: (
    record: ExchangeRecord,
    asked: { method: string; target: string; body: string },
    upstream: Response,
  ) => Response;
}

/** What the exchanges of a proxy have in common. */
export interface ExchangeContext {
  watchers: Watchers;
  guards: Guards;
  hide: (text: string) => string;
  /** Takes all keys that are held out of what is kept. */
  redact: (text: string) => string;
  findClientAddress: FindClientAddress;
}

/** Ids of requests that may stand in a header field and in a log. */
const REQUEST_ID = /^[\w.:/+=-]{1,128}$/;

/** Begins an exchange. Its id is the caller's, where that can be one, and looks like no key. */
export function beginExchange(
  arrival: Arrival,
  form: ErrorForm,
  { watchers, guards, redact, findClientAddress }: ExchangeContext,
  onEnd: (ending: Ending) => void = () => {},
): Exchange {
  const { request, path, route, peer } = arrival;
  const given = request.headers.get("x-request-id");
  const isGood = given !== null && REQUEST_ID.test(given) && redact(given) === given;
  const requestId = isGood ? given : crypto.randomUUID();
  const arrivedAt = performance.now();
  const client = findClientAddress(peer, request.headers);
  const facts = {
    requestId,
    method: request.method,
    path,
    route,
    ...(client !== undefined && { client }),
    at: Date.now(),
    arrivedAt,
  };
  const recorder = new Recorder(facts, { sinks: watchers.sinks, redact });
  watchers.trace?.arrive(recorder.record, request.headers);
  let isOver = false;
  let free: (() => void) | undefined;
  const end = (ending: Ending) => {
    if (isOver) return;
    isOver = true;
    recorder.ended(ending);
    free?.();
    onEnd(ending);
  };
  const observe = (step: Step) => {
    if (step.kind === "ended") end(step.ending);
    else recorder.step(step);
  };
  const flavour = () => flavourOf(askedPath(arrival), request.headers);
  const whenOver = (callback: () => void) => void (free = callback);
  return { arrival, arrivedAt, recorder, form, flavour, guards, observe, whenOver, end };
}

/** The answer to a failure of our own: the exchange is over with it. */
export function failExchange(failure: Failure, exchange: Exchange): Response {
  const { recorder, form, flavour, observe } = exchange;
  const { status, headers, body } = replyToFailure(failure);
  const text = JSON.stringify(form.answerBody(status, body, flavour()));
  const { kind } = failure;
  if (failure.kind === "bug") observe({ kind: "bug", error: failure.error });
  // A client that has left sees no status.
  if (kind === "client-gone") recorder.failed({ kind });
  else {
    const { code, message } = body.error;
    const cause = kind === "unreachable" ? { cause: failure.reason } : {};
    recorder.failed({ kind, status, code: code ?? "", message, ...cause });
  }
  observe({ kind: "relayed", bytes: encode(text).length });
  exchange.end("whole");
  return finishResponse(new Response(text, { status, headers }), exchange);
}

/** The path that is asked for, as routes see it: without the prefix of an application, and plain. */
export function askedPath({ request, path }: Arrival): string {
  const asked = URL.parse(request.url)?.pathname ?? path;
  return plainPath(asked) ?? asked;
}

/** Adds what every answer has. */
export function finishResponse(response: Response, exchange: Exchange): Response {
  const { arrival, recorder, guards, form } = exchange;
  const { requestId } = recorder.record;
  addOwnFields(response.headers, { request: arrival.request, requestId, form, guards });
  return response;
}
