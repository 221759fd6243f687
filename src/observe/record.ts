import type { Form } from "../core/answer-form.ts";
import type { Facts, Place, RelayReason } from "../core/steps.ts";

/** What became of an exchange, seen by the client. */
export type Outcome =
  /** Upstream's answer, as it is. */
  | "relayed"
  /** The same, but for the end of a stream behind a whole answer. */
  | "tail-lost"
  /** A failure of upstream, told in the status line. */
  | "repaired"
  /** A failure behind the status line, told in band. */
  | "failed-in-band"
  /** The same, and the connection broke off behind it. */
  | "broken-off"
  /** The request was refused, and did not go upstream. */
  | "refused"
  /** There was no answer of upstream: unreachable, too late. */
  | "no-answer"
  /** The client left before it had all. */
  | "client-left"
  /** The client stopped reading, and was let go. */
  | "client-stalled"
  | "bug";

/** Where an exchange stands while it is open. */
export type State = "receiving" | "waiting" | "holding" | "relaying" | "over";

/**
 * One exchange, made from its steps. Without keys, header fields and bodies. Times are in
 * milliseconds, durations counted from the request's arrival unless said otherwise.
 */
export interface ExchangeRecord {
  requestId: string;
  method: string;
  /** At most 200 characters. */
  path: string;
  /** The route that took it, one of a closed list, such as `/v1/chat/completions` or `/v1/*`. */
  route: string;
  model?: string;
  stream?: boolean;
  /** The name of the client key that called, where keys have names. */
  keyName?: string;
  /** The client's address. */
  client?: string;
  /** When the request came, in epoch milliseconds. */
  at: number;
  state: State;
  outcome?: Outcome;
  upstreamStatus?: number;
  /** The client's status; absent where it left before there was one. */
  status?: number;
  /** Why the answer is not upstream's own: a rule of the verdict, or the kind of our own failure. */
  rule?: string;
  /** The true status of a failure, told in the status line or in band. */
  trueStatus?: number;
  /** Where upstream named that status, and how, such as `error.code: 429`; absent where it did not. */
  claim?: string;
  /** Its code, in the client's words. */
  code?: string;
  /** Upstream's message, or ours, at most 500 characters. */
  message?: string;
  /** The cause of our own failures, such as `ECONNREFUSED`. */
  cause?: string;
  facts: Facts;
  /** How upstream's body is read. */
  form?: Form | "status" | "none" | "broken";
  /** The event or body that decided. */
  decidedAt?: Place;
  relayReason?: RelayReason;
  /** Comments of upstream that came while a stream was held. */
  comments: number;
  /** To the moment when the request went upstream. */
  sentMs?: number;
  /** To upstream's header fields. */
  upstreamMs?: number;
  /** From upstream's header fields to the status line. */
  heldMs?: number;
  /** To the first byte of the answer's body that was handed to the client. */
  firstByteMs?: number;
  /** To the latest one. */
  lastByteMs?: number;
  /** To the end. */
  ms?: number;
  /** Bytes of the body that were handed to the client. */
  bytes: number;
}

/** What upstream said and what the client got, side by side: without keys, at most 16 KB each. */
export interface Exhibit {
  upstreamError: string;
  answer: string;
}

/**
 * Takes every exchange twice: when it begins (the same object goes on to change), and at its end,
 * with an exhibit where it was repaired. Must not throw.
 */
export interface RecordSink {
  begin?(record: ExchangeRecord): void;
  end(record: ExchangeRecord, exhibit?: Exhibit): void;
}
