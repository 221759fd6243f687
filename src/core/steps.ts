import type { Form } from "./answer-form.ts";
import type { StatusClaim } from "./claim.ts";
import type { Rule } from "./fault.ts";

/** Where in upstream's body something stood. */
export interface Place {
  /** The number of the event, from 1; undefined where the body is no event stream. */
  event: number | undefined;
  /** The offsets of its first byte and behind its last, in the body as it was decoded. */
  start: number;
  end: number;
}

/** A failure of upstream's answer, as it was told to the client. */
export interface ToldFault {
  rule: Rule;
  /** The true status: in the status line, or, behind it, in the error in band. */
  status: number;
  /** Where upstream named that status; undefined where it did not, and 502 is ours. */
  claim: StatusClaim | undefined;
  code: string;
  message: string;
  place: Place | undefined;
}

/** What upstream said of a failure, and what the client was told in its place. */
export interface Told {
  upstream: unknown;
  answer: string;
}

/** What upstream told about an answer beside the answer. */
export interface Facts {
  generationId?: string;
  provider?: string;
  promptTokens?: number;
  completionTokens?: number;
  /** In OpenRouter's credits. */
  cost?: number;
}

/** Why a healthy answer was committed. */
export type RelayReason =
  /** The whole body was read, and is an answer. */
  | "whole"
  /** An event carries content, or ends the answer. */
  | "content"
  /** The hold's limit was reached, in time or in bytes. */
  | "hold-limit"
  /** A form that no verdict is made on: audio, a file, a text. */
  | "unjudged";

/** How the answer that a client got ended. */
export type Ending =
  /** All of it was sent. */
  | "whole"
  /** The answer was whole, but upstream's stream behind it was cut, silent or broken. */
  | "tail-lost"
  /** An error in band was its end. */
  | "failed"
  /** An error in band, or a break that no error event could announce, and the connection broke off. */
  | "broken-off"
  /** The client left before the end. */
  | "client-left"
  /** The client stopped reading, and was let go. */
  | "client-stalled"
  | "bug";

/**
 * What happens to one answer, step by step, in order. The record of an exchange is made from these;
 * nothing in the program decides by reading it.
 */
export type Step =
  /** Upstream's status line and header fields came. */
  | { kind: "headers"; status: number }
  /** How the body is read. */
  | { kind: "form"; form: Form | "status" | "none" | "broken" }
  /** More of a stream came and decides nothing yet; both numbers are totals. */
  | { kind: "held"; bytes: number; comments: number }
  /** An event showed that there is an answer. */
  | { kind: "decided"; place: Place | undefined }
  /** The answer's own status line is written; `place`: the last event that was judged by then. */
  | { kind: "committed"; status: number; reason: RelayReason; place: Place | undefined }
  /** The answer is a failure, and its status line says so. */
  | { kind: "repaired"; fault: ToldFault; told: Told }
  /** A failure behind the status line was told in band. */
  | { kind: "in-band"; fault: ToldFault; told: Told }
  /** An error behind a whole answer was left out. */
  | { kind: "late-error"; place: Place | undefined }
  /** The end of the answer was read; `isDoneAdded`: upstream's stream lacked its `[DONE]`. */
  | { kind: "finished"; place: Place | undefined; isDoneAdded: boolean }
  /** Bytes were handed to the client. */
  | { kind: "relayed"; bytes: number }
  /** Upstream told something about the answer. */
  | { kind: "facts"; facts: Facts }
  /** A mistake of ours: what was thrown. */
  | { kind: "bug"; error: unknown }
  /** Nothing more is read or sent. Always the last step, and only once. */
  | { kind: "ended"; ending: Ending };

/** Watches an exchange. It must not throw. Texts of a step are upstream's: they may hold secrets. */
export type Observe = (step: Step) => void;
