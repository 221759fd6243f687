import type { Ending, Facts, Step, Told, ToldFault } from "../core/steps.ts";
import type { ExchangeRecord, Exhibit, Outcome, RecordSink } from "./record.ts";
import type { Redact } from "./redaction.ts";

/** What is known of a request when it comes. */
export interface Arrival {
  /** Without keys. */
  requestId: string;
  method: string;
  path: string;
  /** One of a closed list: it labels metrics. */
  route: string;
  client?: string;
  /** In epoch milliseconds. */
  at: number;
  /** The reading of `performance.now()` at that time. */
  arrivedAt: number;
}

/** What is known of a request once it was let in and read. */
export interface Asked {
  keyName?: string;
  model?: string;
  stream?: boolean;
}

/** A failure of our own: it is answered without upstream. */
export interface OwnFailure {
  /** Its kind, such as `bad-body`, `unreachable`, `client-gone` or `bug`. */
  kind: string;
  /** The client's status; absent where there is nobody to read one. */
  status?: number;
  code?: string;
  message?: string;
  /** What is behind it, such as `ECONNREFUSED`. */
  cause?: string;
}

/** What every recorder works with. */
export interface RecorderContext {
  sinks: RecordSink[];
  /** Every text that a client or upstream chose goes through it, but for the request id. */
  redact: Redact;
  now?: () => number;
}

/** How much is kept of the texts that others choose. */
const LONGEST_NAME = 200;
const LONGEST_MESSAGE = 500;
const LONGEST_EXHIBIT = 16 * 1024;

/** Endings that are the reason themselves why the answer is not all of upstream's. */
const RULE_OF_ENDING: Partial<Record<Ending, string>> = {
  "client-left": "client-gone",
  "client-stalled": "client-stalled",
  bug: "bug",
};

/** Makes the record of one exchange from what happens, in order. */
export class Recorder {
  readonly record: ExchangeRecord;
  readonly #arrivedAt: number;
  readonly #context: RecorderContext;
  #exhibit: Exhibit | undefined;

  /** Begins the record, and hands it to the sinks: now, and at its end. */
  constructor(arrival: Arrival, context: RecorderContext) {
    const { requestId, method, path, route, client, at, arrivedAt } = arrival;
    this.#arrivedAt = arrivedAt;
    this.#context = context;
    this.record = {
      requestId,
      method,
      // A route is one of ours.
      path: path === route ? path : this.redact(path),
      route,
      at,
      state: "receiving",
      facts: {},
      comments: 0,
      bytes: 0,
    };
    if (client !== undefined) this.record.client = client;
    for (const sink of context.sinks) sink.begin?.(this.record);
  }

  /** The request was let in and read. */
  asked({ keyName, model, stream }: Asked): void {
    if (keyName !== undefined) this.record.keyName = keyName;
    if (model !== undefined) this.record.model = this.redact(model);
    if (stream !== undefined) this.record.stream = stream;
  }

  /** The request goes upstream. */
  sent(): void {
    this.record.state = "waiting";
    this.record.sentMs = this.elapsed();
  }

  step(step: Step): void {
    takeStep(this, step);
  }

  /** The answer is our own, or there is none. The exchange is over with `ended`. */
  failed(failure: OwnFailure): void {
    takeFailure(this, failure);
  }

  /** What upstream said and what the client got, for a repaired answer. */
  exhibit(exhibit: Exhibit): void {
    this.#exhibit = exhibit;
  }

  /** The exchange is over; `step({ kind: "ended" })` says the same. Only the first call counts. */
  ended(ending: Ending): void {
    const { record } = this;
    if (record.state === "over") return;
    record.outcome = outcomeOfEnding(ending, record.outcome);
    const rule = RULE_OF_ENDING[ending];
    if (rule !== undefined) record.rule = rule;
    record.ms = this.elapsed();
    record.state = "over";
    for (const sink of this.#context.sinks) sink.end(record, this.#exhibit);
  }

  /** Milliseconds since the request's arrival. */
  elapsed(): number {
    return (this.#context.now?.() ?? performance.now()) - this.#arrivedAt;
  }

  /** A text that a client or upstream chose, as it may be kept. */
  redact(text: string, most = LONGEST_NAME): string {
    const shown = this.#context.redact(text);
    return shown.length > most ? shown.slice(0, most) : shown;
  }
}

function takeStep(recorder: Recorder, step: Step): void {
  const { record } = recorder;
  if (record.state === "over") return;
  switch (step.kind) {
    case "headers":
      record.upstreamStatus = step.status;
      record.upstreamMs = recorder.elapsed();
      record.state = "holding";
      return;
    case "form":
      record.form = step.form;
      return;
    case "held":
      record.comments = step.comments;
      return;
    case "late-error":
    case "finished":
      return;
    case "bug":
      record.cause = describeBug(step.error);
      return;
    case "decided":
      if (step.place !== undefined) record.decidedAt = step.place;
      return;
    case "committed":
      record.relayReason = step.reason;
      return commit(recorder, step.status);
    case "repaired":
      condemn(recorder, step.fault);
      recorder.exhibit(exhibitOf(recorder, step.told));
      // Where 200 was out already, the failure is told in the body.
      record.outcome = record.status === undefined ? "repaired" : "failed-in-band";
      return commit(recorder, step.fault.status);
    case "in-band":
      condemn(recorder, step.fault);
      recorder.exhibit(exhibitOf(recorder, step.told));
      record.outcome = "failed-in-band";
      return;
    case "relayed":
      record.bytes += step.bytes;
      record.lastByteMs = recorder.elapsed();
      record.firstByteMs ??= record.lastByteMs;
      return;
    case "facts":
      return takeFacts(recorder, step.facts);
    case "ended":
      return recorder.ended(step.ending);
  } // no default: the compiler reports a missing case
}

/** The status line is written. */
function commit(recorder: Recorder, status: number): void {
  const { record } = recorder;
  if (record.status !== undefined) return;
  record.status = status;
  if (record.upstreamMs !== undefined) record.heldMs = recorder.elapsed() - record.upstreamMs;
  record.state = "relaying";
}

function condemn(recorder: Recorder, fault: ToldFault): void {
  const { record } = recorder;
  const { rule, status, claim, code, message, place } = fault;
  record.rule = rule;
  record.trueStatus = status;
  record.code = recorder.redact(code);
  record.message = recorder.redact(message, LONGEST_MESSAGE);
  if (place !== undefined) record.decidedAt = place;
  if (claim !== undefined) record.claim = recorder.redact(`${claim.from}: ${String(claim.claim)}`);
}

/** Both sides of a failure, without keys and cut to what a page can show. */
function exhibitOf(recorder: Recorder, { upstream, answer: told }: Told): Exhibit {
  // A large error would cost too much to write once more: the answer holds it.
  const isSmall = told.length <= LONGEST_EXHIBIT;
  const answer = told.slice(0, LONGEST_EXHIBIT);
  const said = isSmall ? (JSON.stringify(upstream) ?? "") : answer;
  return {
    upstreamError: recorder.redact(said, LONGEST_EXHIBIT),
    answer: recorder.redact(answer, LONGEST_EXHIBIT),
  };
}

function takeFacts(recorder: Recorder, told: Facts): void {
  const { facts } = recorder.record;
  const { provider, generationId, promptTokens, completionTokens, cost } = told;
  // The first id counts: that of the header field, which upstream's support asks for.
  if (generationId !== undefined) facts.generationId ??= recorder.redact(generationId);
  if (provider !== undefined) facts.provider ??= recorder.redact(provider);
  if (promptTokens !== undefined) facts.promptTokens = promptTokens;
  if (completionTokens !== undefined) facts.completionTokens = completionTokens;
  if (cost !== undefined) facts.cost = cost;
}

function takeFailure(recorder: Recorder, failure: OwnFailure): void {
  const { record } = recorder;
  const { kind, status, code, message, cause } = failure;
  if (record.state === "over") return;
  record.outcome = outcomeOfFailure(kind, record.state === "receiving");
  record.rule = kind;
  if (code !== undefined) record.code = recorder.redact(code);
  if (message !== undefined) record.message = recorder.redact(message, LONGEST_MESSAGE);
  if (cause !== undefined) record.cause = recorder.redact(cause);
  if (status === undefined) return;
  record.trueStatus = status;
  commit(recorder, status);
}

/** Where a bug is. Its message stays out: it may quote a body. */
function describeBug(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const place = error.stack?.split("\n").find((line) => line.trimStart().startsWith("at "));
  return `${error.name} ${place?.trim() ?? ""}`.trim();
}

function outcomeOfFailure(kind: string, isUnsent: boolean): Outcome {
  if (kind === "client-gone") return "client-left";
  if (kind === "bug") return "bug";
  return isUnsent ? "refused" : "no-answer";
}

/** How it ended, where that says more than what became of the answer until then. */
function outcomeOfEnding(ending: Ending, until: Outcome | undefined): Outcome {
  switch (ending) {
    case "whole":
      return until ?? "relayed";
    case "failed":
      return "failed-in-band";
    case "tail-lost":
    case "broken-off":
    case "client-left":
    case "client-stalled":
    case "bug":
      return ending;
  } // no default: the compiler reports a missing case
}
