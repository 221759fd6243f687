import type { Log, LogEntry } from "./access-log.ts";
import { type Body, openBody } from "./body.ts";
import type { ClientRequest } from "./client-request.ts";
import type { Config } from "./config.ts";
import { holdStream } from "./hold.ts";
import { type Outlet, relayBytes } from "./relay-bytes.ts";
import { relayStream } from "./relay.ts";
import { openUpstreamCall, type Send, type UpstreamCall } from "./upstream-call.ts";
import { judgeAnswer, quoteText, readFailure } from "./wire/answer-judge.ts";
import { declaredForm, type Form, sniffForm } from "./wire/content-type.ts";
import type { Dialect } from "./wire/dialect.ts";
import { answerFailure, answerFault, type ErrorAnswer } from "./wire/error-answer.ts";
import type { Failure } from "./wire/failure.ts";
import { cutFault, type Fault, shutdownFault, silentFault } from "./wire/fault.ts";
import { clientResponseHeaders } from "./wire/headers.ts";
import { isObject } from "./wire/json.ts";
import { createStreamJudge } from "./wire/stream-judge.ts";

/** What every exchange works with. */
export interface ExchangeContext {
  config: Config;
  send: Send;
  log: Log;
  /** The calls under way, which are counted, and ended when the server stops. */
  openCalls: Set<UpstreamCall>;
}

/** A request that is to be answered. */
export interface Exchange {
  client: ClientRequest;
  dialect: Dialect;
  /** Takes down what happens; it is complete when `onEnd` is called. */
  entry: LogEntry;
  /** Called once: with the answer, or, where that is a stream, at its end. */
  onEnd: () => void;
}

/** An exchange whose request is on its way to upstream. */
interface OpenExchange extends Exchange {
  config: Config;
  call: UpstreamCall;
}

/** What upstream said before its body. */
type ResponseHead = Pick<Response, "status" | "headers">;

/**
 * Performs one exchange: sends the client's request upstream, keeps the status line back until the
 * answer can be judged, and answers truthfully.
 */
export async function performExchange(
  exchange: Exchange,
  { config, send, log, openCalls }: ExchangeContext,
): Promise<Response> {
  if (openCalls.size >= config.maxUpstreamRequests) {
    exchange.onEnd();
    return refuse({ kind: "too-busy", limit: config.maxUpstreamRequests }, exchange.entry);
  }
  const call = openUpstreamCall(exchange.client, exchange.dialect, config, openCalls);
  const open: OpenExchange = { ...exchange, config, call };
  try {
    const upstream = await send(call.request).catch(call.explain);
    return await (upstream instanceof Response ? answer(upstream, open) : fail(upstream, open));
  } catch (bug) {
    log.error("bug", bug);
    call.abandon({ kind: "bug" });
    return fail({ kind: "bug" }, open);
  }
}

/** The answer to a request that did not become an exchange. */
export function refuse(failure: Failure, entry: LogEntry): Response {
  return toResponse(answerFailure(failure), entry);
}

async function answer(upstream: Response, open: OpenExchange): Promise<Response> {
  const { entry } = open;
  entry.upstreamStatus = upstream.status;
  entry.upstreamMs = performance.now() - entry.arrivedAt;
  entry.generationId = upstream.headers.get("x-generation-id") ?? undefined;
  const body = openBody(upstream);
  const read = upstream.status === 200 ? await readForm(upstream, body) : await readPlain(body);
  switch (read.form) {
    case "status":
      return repair(statusFault(upstream, read.bytes), upstream, open);
    case "text":
      return repair(pageFault(upstream, read.bytes), upstream, open);
    case "json":
      return answerJson(upstream, read.bytes, open);
    case "event-stream":
      return answerStream(upstream, body, open);
    case "binary":
      return healthy(upstream, relayBytes(outlet(body, open)), "", open);
    case "broken":
      return answerBroken(read.error, upstream, open);
  }
}

/** What the verdict is made on: the whole body, but for streams and binary answers. */
type ReadAnswer =
  | { form: "json" | "text" | "status"; bytes: Uint8Array }
  | { form: "event-stream" | "binary" }
  | { form: "broken"; error: unknown };

async function readForm(upstream: Response, body: Body): Promise<ReadAnswer> {
  try {
    const form = declaredForm(upstream.headers.get("content-type")) ?? (await sniff(body));
    if (form === "event-stream" || form === "binary") return { form };
    return { form, bytes: await body.rest() };
  } catch (error) {
    return { form: "broken", error };
  }
}

/** The form of a body by its first bytes, which are put back. */
async function sniff(body: Body): Promise<Form> {
  const chunks: Uint8Array[] = [];
  let form: Form | undefined;
  while (form === undefined) {
    const chunk = await body.next();
    if (chunk !== undefined) chunks.push(chunk);
    form = sniffForm(decoder.decode(Buffer.concat(chunks)), chunk === undefined);
  }
  body.putBack(chunks);
  return form;
}

/** The body of an answer whose status says enough: where it breaks off, the status still holds. */
async function readPlain(body: Body): Promise<ReadAnswer> {
  const bytes = await body.rest().catch(() => new Uint8Array());
  return { form: "status", bytes };
}

function answerJson(upstream: Response, bytes: Uint8Array, open: OpenExchange): Response {
  const { client, dialect, entry } = open;
  const verdict = judgeAnswer(decoder.decode(bytes), client.body, dialect);
  if (isObject(verdict.value) && typeof verdict.value["id"] === "string") {
    entry.generationId ??= verdict.value["id"];
  }
  if (verdict.fault !== undefined) return repair(verdict.fault, upstream, open);
  if (isStreamAsked(client)) {
    const sentence = "Upstream answered a streaming request with plain JSON.";
    return repair(silentFault("unexpected-form", sentence), upstream, open);
  }
  entry.bytes = bytes.length;
  const response = healthy(upstream, bytes, "application/json", open);
  conclude(open);
  return response;
}

async function answerStream(upstream: Response, body: Body, open: OpenExchange): Promise<Response> {
  const { call, client, config, dialect, entry } = open;
  const judge = createStreamJudge(dialect, config.streamEventBytes);
  const elapsedMs = performance.now() - entry.arrivedAt;
  const limits = { ms: Math.max(0, client.holdMs - elapsedMs), bytes: config.streamHoldBytes };
  const held = await holdStream(body, judge, limits, call.deadline);
  entry.generationId ??= judge.generationId();
  if (held.kind === "broken") return answerBroken(held.error, upstream, open);
  if (held.kind === "relay" && isStreamAsked(client)) {
    const relay = relayStream({ ...outlet(body, open), held, judge, dialect });
    call.shutDown = () => relay.interrupt(shutdownFault());
    return healthy(upstream, relay.stream, "text/event-stream", open);
  }
  body.cancel();
  const wrongForm = "Upstream answered a plain request with an event stream.";
  const fault = held.kind === "fault" ? held.fault : silentFault("unexpected-form", wrongForm);
  return repair(fault, upstream, open);
}

/** A body that broke off before a verdict: nothing was committed, so the status can still tell. */
function answerBroken(error: unknown, upstream: ResponseHead, open: OpenExchange): Response {
  const failure = open.call.explain(error);
  return failure.kind === "unreachable" ? repair(cutFault(), upstream, open) : fail(failure, open);
}

/** The truth about a failed answer of upstream. */
function repair(fault: Fault, upstream: ResponseHead, open: OpenExchange): Response {
  const response = toResponse(answerFault(fault, upstream, Date.now()), open.entry);
  conclude(open);
  return response;
}

/** The truth about an exchange in which there is no answer of upstream. */
function fail(failure: Failure, open: OpenExchange): Response {
  const response = refuse(failure, open.entry);
  conclude(open);
  return response;
}

function toResponse({ status, headers, body, rule }: ErrorAnswer, entry: LogEntry): Response {
  const text = JSON.stringify(body);
  entry.rule = rule;
  entry.bytes = Buffer.byteLength(text);
  // A client that has left sees no status.
  if (rule !== "client-gone") noteStatus(status, entry);
  return new Response(text, { status, headers });
}

/** Upstream's answer as it is. Where it did not say what it is, the client is told. */
function healthy(
  upstream: ResponseHead,
  body: Uint8Array | ReadableStream<Uint8Array>,
  contentType: string,
  open: OpenExchange,
): Response {
  const headers = clientResponseHeaders(upstream.headers);
  if (declaredForm(headers.get("content-type")) === undefined) {
    headers.set("content-type", contentType);
  }
  noteStatus(200, open.entry);
  return new Response(body, { status: 200, headers });
}

function noteStatus(status: number, entry: LogEntry): void {
  entry.status = status;
  if (entry.upstreamMs === undefined) return;
  entry.heldMs = performance.now() - entry.arrivedAt - entry.upstreamMs;
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
function conclude({ call, onEnd }: OpenExchange): void {
  call.close();
  onEnd();
}

function isStreamAsked(client: ClientRequest): boolean {
  return client.body["stream"] === true;
}

function statusFault({ status, headers }: ResponseHead, bytes: Uint8Array): Fault {
  if (status >= 400) {
    const isText = declaredForm(headers.get("content-type")) !== "binary";
    return readFailure(status, isText ? decoder.decode(bytes) : "");
  }
  const sentence = `Upstream answered with status ${status}, which is no answer to this request.`;
  return silentFault("unexpected-status", sentence);
}

function pageFault({ headers }: ResponseHead, bytes: Uint8Array): Fault {
  const text = quoteText(decoder.decode(bytes));
  if (text === "") return silentFault("empty-body", "Upstream answered with an empty body.");
  const type = headers.get("content-type") ?? "no content type";
  return silentFault("unexpected-form", `Upstream answered with ${type}: ${text}`);
}

const decoder = new TextDecoder();
