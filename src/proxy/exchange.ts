import { type ErrorForm, type Flavour, flavourOf } from "../core/error-form.ts";
import type { Ending, Step } from "../core/steps.ts";
import { Recorder } from "../observe/recorder.ts";
import type { RecordSink } from "../observe/record.ts";
import type { Cors } from "./cors.ts";
import { replyToFailure } from "./failure-answer.ts";
import type { Failure } from "./failure.ts";

/** A request as it came. */
export interface Arrival {
  request: Request;
  /** The path that was asked for, for the log: the address may have none (`findMissingHost`). */
  path: string;
  /** The route that takes it, one of a closed list: it labels metrics. */
  route: string;
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
  cors: Cors;
  /** Records what happens to the answer, and ends the exchange with the last step. */
  observe: (step: Step) => void;
  /** Calls back once the exchange is over. */
  whenOver: (callback: () => void) => void;
  /** The exchange is over: records that, and frees what it holds. Only the first call counts. */
  end: (ending: Ending) => void;
}

/** What the exchanges of a proxy have in common. */
export interface ExchangeContext {
  sinks: RecordSink[];
  cors: Cors;
  hide: (text: string) => string;
}

/** Ids of requests that may stand in a header field and in a log. */
const REQUEST_ID = /^[\w.:/+=-]{1,128}$/;

/** Begins an exchange. Its id is the caller's, where that can be one. */
export function beginExchange(
  arrival: Arrival,
  form: ErrorForm,
  { sinks, cors, hide }: ExchangeContext,
  onEnd: (ending: Ending) => void = () => {},
): Exchange {
  const { request, path, route } = arrival;
  const given = request.headers.get("x-request-id") ?? "";
  const requestId = REQUEST_ID.test(given) ? given : crypto.randomUUID();
  const arrivedAt = performance.now();
  const facts = { requestId, method: request.method, path, route, at: Date.now(), arrivedAt };
  const recorder = new Recorder(facts, { sinks, redact: hide });
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
  const flavour = () => flavourOf(path, request.headers);
  const whenOver = (callback: () => void) => void (free = callback);
  return { arrival, arrivedAt, recorder, form, flavour, cors, observe, whenOver, end };
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
  observe({ kind: "relayed", bytes: new TextEncoder().encode(text).length });
  exchange.end("whole");
  return finishResponse(new Response(text, { status, headers }), exchange);
}

/** Adds what every answer has. */
export function finishResponse(response: Response, exchange: Exchange): Response {
  const { arrival, recorder, cors } = exchange;
  response.headers.set("x-request-id", recorder.record.requestId);
  cors.allow(arrival.request, response.headers);
  return response;
}
