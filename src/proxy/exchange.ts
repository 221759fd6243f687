import type { Log, LogEntry } from "../observe/log.ts";
import { type AnswerReading, readAnswer } from "../core/answer-reading.ts";
import { Body } from "../core/body.ts";
import type { ClientRequest } from "./client-request.ts";
import {
  errorResponse,
  failureResponse,
  headResponse,
  hideKey,
  noteStatus,
  relayedResponse,
  type ResponseHead,
} from "./client-response.ts";
import type { Config } from "../config/config.ts";
import type { DenseSet } from "../core/dense-set.ts";
import { type HoldLimits, holdStream, UNLIMITED } from "../core/hold.ts";
import type { Outlet } from "../core/outlet.ts";
import { relayBytes } from "../core/relay-bytes.ts";
import { relayStream } from "../core/relay.ts";
import { type Send, UpstreamCall } from "./upstream-call.ts";
import { isPage, judgeAnswer, pageFault, statusFault } from "../core/answer-judge.ts";
import type { Dialect } from "../core/dialect.ts";
import { answerFault } from "../core/error-answer.ts";
import { toErrorBody } from "../core/error-body.ts";
import type { Failure } from "../core/failure.ts";
import { cutFault, type Fault, silentFault } from "../core/fault.ts";
import { isObject } from "../core/json.ts";
import { trueStatus } from "../core/claim.ts";
import { StreamJudge } from "../core/stream-judge.ts";

/** What every exchange works with. */
export interface ExchangeContext {
  config: Config;
  send: Send;
  log: Log;
  /** The calls under way, which are counted, and given up when the server stops. */
  openCalls: DenseSet<UpstreamCall>;
}

/** A request that is to be answered. */
export interface Exchange {
  client: ClientRequest;
  dialect: Dialect;
  /** Takes down what happens; it is complete when `onEnd` is called. */
  entry: LogEntry;
  /** Called with the answer, or, where that is a stream, at its end; more calls change nothing. */
  onEnd: () => void;
}

/** An exchange whose request is on its way to upstream. */
interface OpenExchange extends Exchange {
  config: Config;
  log: Log;
  call: UpstreamCall;
}

/**
 * Performs one exchange: sends the client's request upstream, keeps the status line back until the
 * answer can be judged, and answers truthfully.
 */
export async function performExchange(
  exchange: Exchange,
  { config, send, log, openCalls }: ExchangeContext,
): Promise<Response> {
  const { client, dialect, entry, onEnd } = exchange;
  const call = new UpstreamCall(client, config, openCalls);
  const open: OpenExchange = { client, dialect, entry, onEnd, config, log, call };
  try {
    let upstream: Response;
    try {
      upstream = await call.send(send);
    } catch (error) {
      return fail(call.explain(error), open);
    }
    noteAnswer(upstream, entry);
    const body = new Body(upstream);
    const limits = isStreamAsked(open) ? holdLimits(open) : UNLIMITED;
    const reading = await readAnswer(upstream, body, dialect, limits);
    return await answer(reading, upstream, body, open);
  } catch (bug) {
    log.error("bug", bug);
    call.giveUp({ kind: "bug" });
    return fail({ kind: "bug" }, open);
  }
}

/** Takes down when upstream began to answer, and what its header fields say. */
function noteAnswer(upstream: ResponseHead, entry: LogEntry): void {
  entry.upstreamStatus = upstream.status;
  entry.upstreamMs = performance.now() - entry.arrivedAt;
  entry.generationId = upstream.headers.get("x-generation-id") ?? undefined;
}

/** Answers with what upstream said, or with the truth about it. */
function answer(
  reading: AnswerReading,
  upstream: ResponseHead,
  body: Body,
  open: OpenExchange,
): Response | Promise<Response> {
  switch (reading.form) {
    case "status":
      if (isOurDoing(open, reading.error)) return fail(open.call.explain(reading.error), open);
      return repair(statusFault(upstream.status, reading.text), upstream, open);
    case "text":
      return answerText(upstream, reading, open);
    case "json":
      return answerJson(upstream, reading, open);
    case "event-stream":
      return answerStream(upstream, body, open);
    case "binary":
      return answerBinary(upstream, body, open);
    case "none":
      endWhole(upstream, 0, open);
      return open.client.method === "HEAD"
        ? headResponse(upstream)
        : relayedResponse(upstream, null);
    case "broken":
      return answerBroken(reading.error, upstream, open);
  }
}

/** A body that was read to its end. */
interface WholeBody {
  bytes: Uint8Array;
  text: string;
}

function answerText(upstream: ResponseHead, { bytes, text }: WholeBody, open: OpenExchange) {
  const isAnswer = !open.dialect.isNamed && !isPage(upstream.headers, text);
  if (isAnswer) return relayWhole(upstream, bytes, open);
  return repair(pageFault(upstream.headers, text), upstream, open);
}

function answerJson(
  upstream: ResponseHead,
  { bytes, text }: WholeBody,
  open: OpenExchange,
): Response {
  const { client, dialect, entry } = open;
  const { value, fault } = judgeAnswer(text, client.body, dialect);
  if (isObject(value) && typeof value["id"] === "string") entry.generationId ??= value["id"];
  if (fault !== undefined) return repair(fault, upstream, open);
  if (isStreamAsked(open) && dialect.isNamed) {
    const sentence = "Upstream answered a streaming request with plain JSON.";
    return repair(silentFault("unexpected-form", sentence), upstream, open);
  }
  return relayWhole(upstream, bytes, open, "application/json");
}

/** Passes on an answer that was read to its end. */
function relayWhole(
  upstream: ResponseHead,
  bytes: Uint8Array,
  open: OpenExchange,
  contentType?: string,
): Response {
  endWhole(upstream, bytes.length, open);
  return relayedResponse(upstream, bytes, contentType);
}

/** The exchange is over with the answer, of so many bytes. */
function endWhole(upstream: ResponseHead, bytes: number, open: OpenExchange): void {
  noteStatus(upstream.status, open.entry);
  open.entry.bytes = bytes;
  conclude(open);
}

function answerBinary(upstream: ResponseHead, body: Body, open: OpenExchange): Response {
  const { config, entry } = open;
  noteStatus(upstream.status, entry);
  const limitMs = entry.arrivedAt + config.upstreamTimeoutMs - performance.now();
  const relay = relayBytes(outlet(body, open), limitMs);
  open.call.handOver(relay.giveUp);
  return relayedResponse(upstream, relay.stream);
}

async function answerStream(
  upstream: ResponseHead,
  body: Body,
  open: OpenExchange,
): Promise<Response> {
  const { call, config, dialect, entry, log } = open;
  const judge = new StreamJudge(dialect, config.streamEventBytes);
  const held = await holdStream(body, judge, holdLimits(open), call.deadline);
  entry.generationId ??= judge.generationId;
  if (held.kind === "broken") return answerBroken(held.error, upstream, open);
  if (held.kind === "relay" && (isStreamAsked(open) || !dialect.isNamed)) {
    // Before the relay begins: a stream that was read to its end is over at once.
    noteStatus(upstream.status, entry);
    const errorEvent = (fault: Fault) => {
      const status = trueStatus(upstream.status, fault);
      const event = dialect.errorForm.event(status, toErrorBody(status, fault));
      return hideKey(event, config.openrouterApiKey);
    };
    const onBug = (bug: unknown) => log.error("bug", bug);
    const relay = relayStream({ ...outlet(body, open), held, judge, errorEvent, onBug });
    call.handOver(relay.giveUp);
    return relayedResponse(upstream, relay.stream, "text/event-stream");
  }
  body.cancel();
  const wrongForm = "Upstream answered a plain request with an event stream.";
  const fault = held.kind === "fault" ? held.fault : silentFault("unexpected-form", wrongForm);
  return repair(fault, upstream, open);
}

/** Until when, and how much of a stream may be held back. */
function holdLimits({ client, config, entry }: OpenExchange): HoldLimits {
  return { until: entry.arrivedAt + client.holdMs, bytes: config.streamHoldBytes };
}

/** Whether a body broke off because nobody waits for it any more. */
function isOurDoing({ call }: OpenExchange, error: unknown): boolean {
  return error !== undefined && ["client-gone", "shutdown"].includes(call.explain(error).kind);
}

/** A body that broke off before a verdict: nothing was committed, so the status can still tell. */
function answerBroken(error: unknown, upstream: ResponseHead, open: OpenExchange): Response {
  const failure = open.call.explain(error);
  return failure.kind === "unreachable" ? repair(cutFault(), upstream, open) : fail(failure, open);
}

/** The truth about a failed answer of upstream. */
function repair(fault: Fault, upstream: ResponseHead, open: OpenExchange): Response {
  const truth = answerFault(fault, upstream, Date.now());
  const { config, dialect, entry } = open;
  const response = errorResponse(truth, dialect.errorForm, entry, config.openrouterApiKey);
  conclude(open);
  return response;
}

/** The truth about an exchange in which there is no answer of upstream. */
function fail(failure: Failure, open: OpenExchange): Response {
  const response = failureResponse(failure, open.dialect.errorForm, open.entry);
  conclude(open);
  return response;
}

/** What a relay needs, whatever it passes on. */
function outlet(body: Body, open: OpenExchange): Outlet {
  return {
    body,
    deadline: open.call.deadline,
    idleTimeoutMs: open.config.streamIdleTimeoutMs,
    stallTimeoutMs: open.config.clientStallTimeoutMs,
    onEnd(bytes, rule) {
      open.entry.bytes = bytes;
      if (rule !== undefined) open.entry.rule = rule;
      conclude(open);
    },
  };
}

/** Nothing more is read from upstream, nor sent to the client. */
function conclude({ call, config, entry, onEnd }: OpenExchange): void {
  // It is upstream's text, like any other.
  entry.generationId &&= hideKey(entry.generationId, config.openrouterApiKey);
  call.close();
  onEnd();
}

function isStreamAsked({ client, dialect }: OpenExchange): boolean {
  return client.body["stream"] === true && dialect.wholeAt !== "never";
}
