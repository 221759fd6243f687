import type { Ending, Facts, Step, ToldFault } from "../core/steps.ts";
import type { ExchangeRecord, Exhibit, Outcome, RecordSink } from "./record.ts";
import type { Redact } from "./redaction.ts";

/** What is known of a request when it comes. */
export interface Arrival {
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

/** Makes the record of one exchange from what happens, in order. */
export interface Recorder {
  readonly record: ExchangeRecord;
  asked(facts: Asked): void;
  /** The request goes upstream. */
  sent(): void;
  step(step: Step): void;
  /** The answer is our own, or there is none. The exchange is over with `ended`. */
  failed(failure: OwnFailure): void;
  /** What upstream said and what the client got, for a repaired answer. */
  exhibit(exhibit: Exhibit): void;
  /** The exchange is over; `step({ kind: "ended" })` says the same. Only the first call counts. */
  ended(ending: Ending): void;
}

/** What every recorder works with. */
export interface RecorderContext {
  sinks: RecordSink[];
  /** Every text that a client or upstream chose goes through it. */
  redact: Redact;
  now?: () => number;
}

/** How much is kept of the texts that others choose. */
const LONGEST_NAME = 200;
const LONGEST_MESSAGE = 500;

/** Endings that are the reason themselves why the answer is not all of upstream's. */
const RULE_OF_ENDING: Partial<Record<Ending, string>> = {
  "client-left": "client-gone",
  "client-stalled": "client-stalled",
  bug: "bug",
};

/** A record that is being made. */
interface Open {
  record: ExchangeRecord;
  sinks: RecordSink[];
  exhibit: Exhibit | undefined;
  redact: Redact;
  /** Milliseconds since the request's arrival. */
  elapsed: () => number;
}

/** Begins the record of one exchange, and hands it to the sinks: now, and at its end. */
export function createRecorder(arrival: Arrival, context: RecorderContext): Recorder {
  const { sinks, redact, now = () => performance.now() } = context;
  const { arrivedAt, ...facts } = arrival;
  const record: ExchangeRecord = {
    ...facts,
    path: redact(arrival.path).slice(0, LONGEST_NAME),
    requestId: redact(arrival.requestId).slice(0, LONGEST_NAME),
    state: "receiving",
    facts: {},
    comments: 0,
    bytes: 0,
  };
  const elapsed = () => now() - arrivedAt;
  const open: Open = { record, sinks, exhibit: undefined, redact, elapsed };
  for (const sink of sinks) sink.begin?.(record);
  return {
    record,
    asked(asked) {
      Object.assign(record, asked);
      if (asked.model !== undefined) record.model = redact(asked.model).slice(0, LONGEST_NAME);
    },
    sent() {
      record.state = "waiting";
      record.sentMs = elapsed();
    },
    step: (step) => takeStep(open, step),
    failed: (failure) => takeFailure(open, failure),
    exhibit: (exhibit) => void (open.exhibit = exhibit),
    ended: (ending) => end(open, ending),
  };
}

function takeStep(open: Open, step: Step): void {
  const { record } = open;
  if (record.state === "over") return;
  switch (step.kind) {
    case "headers":
      record.upstreamStatus = step.status;
      record.upstreamMs = open.elapsed();
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
      return answer(open, step.status);
    case "repaired":
      condemn(open, step.fault);
      // Where 200 was out already, the failure is told in the body.
      record.outcome = record.status === undefined ? "repaired" : "failed-in-band";
      return answer(open, step.fault.status);
    case "in-band":
      condemn(open, step.fault);
      record.outcome = "failed-in-band";
      return;
    case "relayed":
      record.bytes += step.bytes;
      record.lastByteMs = open.elapsed();
      record.firstByteMs ??= record.lastByteMs;
      return;
    case "facts":
      return takeFacts(open, step.facts);
    case "ended":
      return end(open, step.ending);
  } // no default: the compiler reports a missing case
}

/** The status line is written. */
function answer({ record, elapsed }: Open, status: number): void {
  if (record.status !== undefined) return;
  record.status = status;
  if (record.upstreamMs !== undefined) record.heldMs = elapsed() - record.upstreamMs;
  record.state = "relaying";
}

function condemn(open: Open, { rule, status, claim, code, message, place }: ToldFault): void {
  const { record, redact } = open;
  record.rule = rule;
  record.trueStatus = status;
  record.code = redact(code).slice(0, LONGEST_NAME);
  record.message = redact(message).slice(0, LONGEST_MESSAGE);
  if (place !== undefined) record.decidedAt = place;
  if (claim === undefined) return;
  record.claim = redact(`${claim.from}: ${String(claim.claim)}`).slice(0, LONGEST_NAME);
}

function takeFacts({ record, redact }: Open, told: Facts): void {
  const { provider, generationId, ...usage } = told;
  const facts = Object.assign(record.facts, usage);
  // The first id counts: that of the header field, which upstream's support asks for.
  if (provider !== undefined) facts.provider ??= redact(provider).slice(0, LONGEST_NAME);
  if (generationId !== undefined)
    facts.generationId ??= redact(generationId).slice(0, LONGEST_NAME);
}

function takeFailure(open: Open, { kind, status, code, message, cause }: OwnFailure): void {
  const { record, redact } = open;
  if (record.state === "over") return;
  record.outcome = outcomeOfFailure(kind, record.state === "receiving");
  record.rule = kind;
  if (code !== undefined) record.code = redact(code).slice(0, LONGEST_NAME);
  if (message !== undefined) record.message = redact(message).slice(0, LONGEST_MESSAGE);
  if (cause !== undefined) record.cause = redact(cause).slice(0, LONGEST_NAME);
  if (status === undefined) return;
  record.trueStatus = status;
  answer(open, status);
}

function end({ record, sinks, exhibit, elapsed }: Open, ending: Ending): void {
  if (record.state === "over") return;
  record.outcome = outcomeOfEnding(ending, record.outcome);
  const rule = RULE_OF_ENDING[ending];
  if (rule !== undefined) record.rule = rule;
  record.ms = elapsed();
  record.state = "over";
  for (const sink of sinks) sink.end(record, exhibit);
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
