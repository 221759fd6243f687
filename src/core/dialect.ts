import type { ErrorForm } from "./error-form.ts";
import type { Fault } from "./fault.ts";
import type { JsonObject } from "./json.ts";

/** What one event says about the answer that its stream carries. */
export interface EventMeaning {
  /** The failure that the event reports, or is itself. */
  fault: Fault | undefined;
  /** The event carries part of the answer: text, reasoning, a call… */
  speaks: boolean;
  /** What it carries is nothing but white space. */
  isBlank?: boolean;
  /** Parts of the answer, by their index, that this event begins or goes on with. */
  continues: number[];
  /** Parts of which this event carries content: one that had finished is open again. */
  speaking?: number[];
  /** Parts of the answer that are whole with this event. */
  finishes: number[];
  /** Tokens of the answer were counted: it is one, even if it is empty. */
  isCounted?: boolean;
  /** The usage came, which is the last of a chat. */
  isUsage?: boolean;
  /** It reports the error of a part, which does not end the answer. */
  isPartError?: boolean;
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
  /**
   * Reads the parsed data of an event; `hasSpoken`: an event before it carried an answer of more
   * than white space.
   */
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
  /** Whether a `[DONE]` behind the end of the answer goes out: some SDKs throw at it. */
  hasDone: boolean;
  errorForm: ErrorForm;
}
