import { isPage, isTooComplex, judgeAnswer, pageFault, statusFault } from "./answer-judge.ts";
import { type AnswerReading, readAnswer } from "./answer-reading.ts";
import { Body } from "./body.ts";
import { type Claim, readClaim } from "./claim.ts";
import { Deadline } from "./deadline.ts";
import type { Dialect } from "./dialect.ts";
import { type ErrorBody, toErrorBody } from "./error-body.ts";
import type { Flavour } from "./error-form.ts";
import { errorHeaders } from "./error-headers.ts";
import { readFacts } from "./facts.ts";
import { cutFault, type Fault, isOwnFinding, silentFault } from "./fault.ts";
import { UPSTREAM_TIMEOUT } from "./give-up.ts";
import { type HeldStream, type HoldLimits, holdStream, UNLIMITED } from "./hold.ts";
import { isObject, type JsonObject } from "./json.ts";
import { tellLimit } from "./lasting-limit.ts";
import { type BreakPolicy, type ClientTurn, type Flow, pump, RAW } from "./pump.ts";
import { headResponse, relayedResponse } from "./relayed-response.ts";
import type { Observe, Place, RelayReason, ToldFault } from "./steps.ts";
import { StreamJudge } from "./stream-judge.ts";
import { hasTooMuchStructure, type StructureLimits } from "./structure.ts";
import { inTurn } from "./turns.ts";
import { encode } from "./utf8.ts";

/** What was asked, and by whom. */
export interface Asked {
  dialect: Dialect;
  method: string;
  /** What the request's body says, where that is a JSON object; else empty. */
  body: JsonObject;
  /**
   * Aborts the request to upstream. The shell aborts it with a reason (`give-up.ts`) where the
   * exchange is to end before its time; the core, where upstream takes too long.
   */
  control: AbortController;
  /** The reading of `performance.now()` at which the request came. */
  arrivedAt: number;
  /** How long a stream may be held back from then on, in milliseconds. */
  holdMs: number;
  /** Takes secrets out of a text that came from upstream. */
  hide: (text: string) => string;
  /** Whose clients read an error of this answer. */
  flavour: () => Flavour;
  /** Is told whose turn it is, once the answer is a stream. */
  turn?: ClientTurn;
  /** Breaks the client's connection off once all has arrived: see `Flow`. */
  breakOff?: (() => void) | undefined;
}

/** The limits of answers. Durations are in milliseconds. */
export interface Limits {
  /** How much of a stream may be held back. */
  streamHoldBytes: number;
  /** How long an answer that is no event stream may take, from the request's arrival. */
  upstreamTimeoutMs: number;
  /** The longest silence of upstream within a stream. */
  streamIdleTimeoutMs: number;
  /** The largest answer that is judged which is no event stream; what is larger is passed on. */
  maxAnswerBytes: number;
  /** The largest event that is judged. */
  streamEventBytes: number;
  /** How much structure an answer, or an event, may have to be parsed. */
  structure: StructureLimits;
  /** The longest silence behind a whole answer. */
  streamTailMs: number;
  /** How long a client may leave what it was given unread. */
  clientStallTimeoutMs: number;
  /** Where upstream sends comments, how long nothing may go out to the client. */
  keepAliveMs: number;
  keepComments: boolean;
  breakStreams: BreakPolicy;
  /** In seconds: told where upstream told no wait for a 429 that is worth another try; 0: none. */
  defaultRetryAfterS: number;
}

/** One answer of upstream, and what is to be done about it. */
interface Exchange {
  upstream: Response;
  /** The reading of `performance.now()` at which its headers came. */
  headersAt: number;
  body: Body;
  asked: Asked;
  limits: Limits;
  observe: Observe;
}

/**
 * The truth about an answer of upstream: the answer itself where it is one, else an error with its
 * true status. It resolves when the status line can be written; what comes behind it, a failure
 * too, comes in the body. Rejects with the reason of `asked.control` where the exchange was given up
 * before.
 */
export async function truthfulResponse(
  upstream: Response,
  asked: Asked,
  limits: Limits,
  observe: Observe,
): Promise<Response> {
  const headersAt = performance.now();
  const body = new Body(upstream, limits.maxAnswerBytes);
  const exchange = { upstream, headersAt, body, asked, limits, observe };
  observe({ kind: "headers", status: upstream.status });
  const generationId = upstream.headers.get("x-generation-id");
  if (generationId !== null) observe({ kind: "facts", facts: { generationId } });
  try {
    const reading = await readInTime(exchange);
    observe({ kind: "form", form: reading.form });
    const length = "text" in reading ? reading.text.length : 0;
    return await inTurn(length, () => answer(reading, exchange));
  } catch (error) {
    // Nobody reads the rest: its connection must not stay open.
    exchange.body.cancel();
    throw error;
  }
}

/** Reads what the verdict is based on, within `upstreamTimeoutMs`. */
async function readInTime(exchange: Exchange): Promise<AnswerReading> {
  const { upstream, body, asked, limits } = exchange;
  const { control } = asked;
  const deadline = new Deadline();
  const leftMs = asked.arrivedAt + limits.upstreamTimeoutMs - performance.now();
  deadline.set(leftMs, () => control.abort(UPSTREAM_TIMEOUT));
  try {
    const hold = isStreamAsked(asked) ? holdLimits(exchange) : UNLIMITED;
    const reading = await readAnswer(upstream, body, asked.dialect, hold);
    const isBroken = reading.form === "broken" || (reading.form === "status" && reading.isBroken);
    if (isBroken) throwIfGivenUp(exchange, reading.form === "status");
    return reading;
  } finally {
    deadline.clear();
  }
}

/** Throws the reason if the exchange was given up: the body broke off because of that. */
function throwIfGivenUp({ asked }: Exchange, hasStatus: boolean): void {
  const { aborted, reason } = asked.control.signal;
  // The status of a failure is true already, even where its body came too late.
  if (aborted && !(hasStatus && reason === UPSTREAM_TIMEOUT)) throw reason;
}

/** Answers with what upstream said, or with the truth about it. */
function answer(reading: AnswerReading, exchange: Exchange): Response | Promise<Response> {
  const { upstream, asked } = exchange;
  switch (reading.form) {
    case "status":
      return answerStatus(reading.text, exchange);
    case "text": {
      const isAnswer = !asked.dialect.isNamed && !isPage(upstream.headers, reading.text);
      if (isAnswer) return relayWhole(reading.bytes, undefined, exchange);
      return repair(pageFault(upstream.headers, reading.text, asked.hide), undefined, exchange);
    }
    case "json": {
      const { text } = reading;
      const isComplex = isTooComplex(text, exchange.limits.structure);
      return inTurn(text.length, () => answerJson(reading, isComplex, exchange));
    }
    case "event-stream":
      return answerStream(exchange);
    case "binary":
      return relayRaw(exchange);
    case "none":
      return relayWhole(null, undefined, exchange);
    case "broken":
      return repair(cutFault(), undefined, exchange);
  }
}

/** The truth about a failure that the status told. Each look at a large text has a turn of its own. */
async function answerStatus(text: string, exchange: Exchange): Promise<Response> {
  const { upstream, asked, limits } = exchange;
  const readable = hasTooMuchStructure(text, limits.structure) ? "" : text;
  const fault = await inTurn(text.length, () =>
    statusFault(upstream.status, readable, asked.dialect, asked.hide),
  );
  return inTurn(text.length, () => repair(fault, undefined, exchange));
}

function answerJson(
  { bytes, text }: { bytes: Uint8Array<ArrayBuffer>; text: string },
  isComplex: boolean,
  exchange: Exchange,
): Response | Promise<Response> {
  const { body, dialect, hide } = exchange.asked;
  const { value, fault, isJob } = judgeAnswer(text, body, dialect, isComplex);
  if (isObject(value)) exchange.observe({ kind: "facts", facts: readFacts(value) });
  const place = { event: undefined, start: 0, end: bytes.length };
  if (fault !== undefined) return inTurn(text.length, () => repair(fault, place, exchange));
  if (isStreamAsked(exchange.asked) && dialect.isNamed) {
    const sentence = "Upstream answered a streaming request with plain JSON.";
    return repair(silentFault("unexpected-form", sentence), place, exchange);
  }
  if (isJob !== true) return relayWhole(bytes, "json", exchange);
  return inTurn(text.length, () => relayWhole(hideInBytes(bytes, text, hide), "json", exchange));
}

async function answerStream(exchange: Exchange): Promise<Response> {
  const { body, asked, limits, observe, headersAt } = exchange;
  const judge = new StreamJudge(asked.dialect, {
    maxEventBytes: limits.streamEventBytes,
    keepsComments: limits.keepComments,
    structure: limits.structure,
    hide: asked.hide,
    observe,
  });
  const held = await holdStream(body, judge, holdLimits(exchange), observe, headersAt);
  if (held.kind === "broken") {
    throwIfGivenUp(exchange, false);
    return repair(cutFault(), undefined, exchange);
  }
  if (held.kind === "relay" && (isStreamAsked(asked) || !asked.dialect.isNamed)) {
    return relayStream(held, judge, exchange);
  }
  body.cancel();
  const wrongForm = "Upstream answered a plain request with an event stream.";
  const fault = held.kind === "fault" ? held.fault : silentFault("unexpected-form", wrongForm);
  return repair(fault, judge.place, exchange);
}

function relayStream(held: HeldStream, judge: StreamJudge, exchange: Exchange): Response {
  const { upstream } = exchange;
  // Committed before the pump begins: it ends a stream that was read to its end at once.
  const isLimit = held.ending === undefined && !judge.isDecided;
  commit(isLimit ? "hold-limit" : "content", judge.place, exchange);
  const tell = (fault: Fault, place: Place | undefined) =>
    tellInBand(fault, place, judge.context, exchange);
  const stream = pump({ ...flowOf(exchange), source: judge, begun: held, tell });
  return relayedResponse(upstream, stream, "event-stream");
}

function relayRaw(exchange: Exchange): Response {
  const { upstream, asked, limits } = exchange;
  commit("unjudged", undefined, exchange);
  const wholeMs = asked.arrivedAt + limits.upstreamTimeoutMs - performance.now();
  return relayedResponse(upstream, pump({ ...flowOf(exchange), wholeMs }));
}

/** What all pumps have in common. */
function flowOf(exchange: Exchange): Flow {
  const { body, asked, limits, observe } = exchange;
  return {
    body,
    source: RAW,
    begun: { bytes: [], ending: undefined, silentMs: 0 },
    signal: asked.control.signal,
    idleTimeoutMs: limits.streamIdleTimeoutMs,
    tailMs: limits.streamTailMs,
    keepAliveMs: limits.keepAliveMs,
    turn: asked.turn ?? { since: Number.POSITIVE_INFINITY },
    breakStreams: limits.breakStreams,
    breakOff: asked.breakOff,
    wholeMs: Number.POSITIVE_INFINITY,
    stallTimeoutMs: limits.clientStallTimeoutMs,
    observe,
    tell: (fault, place) => tellInBand(fault, place, NO_CONTEXT, exchange),
  };
}

/** Passes on an answer that was read to its end; null is one without a body. */
function relayWhole(
  bytes: Uint8Array<ArrayBuffer> | null,
  form: "json" | undefined,
  exchange: Exchange,
): Response {
  const { upstream, asked, observe } = exchange;
  commit("whole", undefined, exchange);
  const response =
    bytes === null && asked.method === "HEAD"
      ? headResponse(upstream)
      : relayedResponse(upstream, bytes, form);
  if (bytes !== null) observe({ kind: "relayed", bytes: bytes.length });
  observe({ kind: "ended", ending: "whole" });
  return response;
}

function commit(reason: RelayReason, place: Place | undefined, exchange: Exchange): void {
  exchange.observe({ kind: "committed", status: exchange.upstream.status, reason, place });
}

/** The truth about a failed answer of upstream, in the status line. */
function repair(
  fault: Fault,
  place: Place | undefined,
  exchange: Exchange,
): Response | Promise<Response> {
  const { upstream, asked, limits, observe } = exchange;
  const { hide, dialect, flavour } = asked;
  const claim = readClaim(upstream.status, fault);
  const { status } = claim;
  const error = toErrorBody(claim, fault);
  const headers = errorHeaders(fault, claim, upstream, Date.now(), limits.defaultRetryAfterS);
  const reader = flavour();
  const worded = tellLimit(error, { status, headers, flavour: reader, hide });
  const body =
    fault.isOauth === true ? fault.beside : dialect.errorForm.answerBody(status, worded, reader);
  hideInFields(headers, hide);
  const text = JSON.stringify(body);
  return inTurn(text.length, () => {
    const shown = hide(text);
    const bytes = encode(shown);
    const told = { upstream: fault.error ?? fault.sentence, answer: shown };
    observe({ kind: "repaired", fault: toldFault(fault, claim, error, place), told });
    observe({ kind: "relayed", bytes: bytes.length });
    observe({ kind: "ended", ending: "whole" });
    return new Response(bytes, { status, headers });
  });
}

/** Takes secrets out of the values of header fields, and drops fields that have one in their name. */
function hideInFields(headers: Headers, hide: (text: string) => string): void {
  for (const [name, value] of Array.from(headers)) {
    const shown = hide(value);
    if (hide(name) !== name) headers.delete(name);
    else if (shown !== value) headers.set(name, shown);
  }
}

/** Takes secrets out of a text, of which nothing else changes by a byte. */
function hideInBytes(
  bytes: Uint8Array<ArrayBuffer>,
  text: string,
  hide: (text: string) => string,
): Uint8Array<ArrayBuffer> {
  const shown = hide(text);
  return shown === text ? bytes : encode(shown);
}

/** The context of an error in band where the answer is no judged stream. */
const NO_CONTEXT = { event: undefined, before: undefined, frame: undefined };

/** The truth about an answer that failed behind the status line, as events. */
function tellInBand(
  fault: Fault,
  place: Place | undefined,
  context: StreamJudge["context"],
  exchange: Exchange,
): Uint8Array {
  const { upstream, asked, observe } = exchange;
  const { hide, dialect, flavour, body: request } = asked;
  const claim = readClaim(upstream.status, fault);
  const { status } = claim;
  const error = toErrorBody(claim, fault);
  const isOwn = isOwnFinding(fault);
  const inBand = { ...context, status, isOwn, request, flavour: flavour() };
  const text = hide(dialect.errorForm.events(error, inBand));
  const told = { upstream: fault.error ?? fault.sentence, answer: text };
  observe({ kind: "in-band", fault: toldFault(fault, claim, error, place), told });
  return encode(text);
}

function toldFault(
  { rule }: Fault,
  { status, source }: Claim,
  { error }: ErrorBody,
  place: Place | undefined,
): ToldFault {
  const { code, message } = error;
  return { rule, status, claim: source, code: code ?? "", message, place };
}

/** Until when, and how much of a stream may be held back. */
function holdLimits({ asked, limits }: Exchange): HoldLimits {
  return { until: asked.arrivedAt + asked.holdMs, bytes: limits.streamHoldBytes };
}

function isStreamAsked({ body, dialect }: Asked): boolean {
  return body["stream"] === true && dialect.wholeAt !== "never";
}
