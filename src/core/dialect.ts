import type { ErrorBody } from "./error-body.ts";
import type { Fault } from "./fault.ts";
import type { JsonObject } from "./json.ts";

/** What one event says about the answer that its stream carries. */
export interface EventMeaning {
  /** The failure that the event reports, or is itself. */
  fault: Fault | undefined;
  /** The event carries part of the answer: text, reasoning, a call… */
  speaks: boolean;
  /** Parts of the answer, by their index, that this event begins or goes on with. */
  continues: number[];
  /** Parts of the answer that are whole with this event. */
  finishes: number[];
}

/** How the clients of an endpoint read an error. */
export interface ErrorForm {
  /** The body of an error answer. */
  answerBody(status: number, body: ErrorBody): JsonObject;
  /** An error in band, as one event. */
  event(status: number, body: ErrorBody): string;
}

/**
 * What is particular to one endpoint of upstream: data and pure functions. The hold and the relay
 * know none of them.
 */
export interface Dialect {
  /** Where upstream serves the endpoint, below its base URL. */
  path: string;
  /**
   * A named endpoint takes JSON by POST, and answers with 200 in the form that was asked for. On
   * all others any 2xx is an answer, and so is any form but HTML.
   */
  isNamed: boolean;
  /** Why a parsed answer with status 200 and no top-level `error` is a failure, or undefined. */
  findAnswerFault(answer: JsonObject, request: JsonObject): Fault | undefined;
  /** Reads the parsed data of an event; `hasSpoken`: an event before it carried an answer. */
  readEvent(data: JsonObject, hasSpoken: boolean): EventMeaning;
  /** Whether the `error` of an event is that of a part, such as a tool, and not of the answer. */
  isPartError?(data: JsonObject): boolean;
  /** The data of an event that reported a fault, without it; `{}` where nothing else is in it. */
  withoutFault(data: JsonObject): JsonObject;
  /**
   * When the answer of a stream is whole. `parts`: once all its parts have finished. `done`: at
   * `data: [DONE]`, which is added where the body ends well without it and all parts have finished.
   * `end`: there, or where the body ends well. `never`: the endpoint has no streams, whatever a
   * request asks for.
   */
  wholeAt: "parts" | "done" | "end" | "never";
  errorForm: ErrorForm;
}
