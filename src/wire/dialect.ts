import type { ErrorBody } from "./error-form.ts";
import type { Fault } from "./fault.ts";
import type { JsonObject } from "./json.ts";

/** What is certain to be wrong with a request: a sentence, and the field it is about. */
export interface RequestFlaw {
  param: string | null;
  message: string;
}

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

/**
 * What is particular to one endpoint of upstream: data and pure functions. The hold and the relay
 * know none of them.
 */
export interface Dialect {
  /** Where upstream serves the endpoint, below its base URL. */
  path: string;
  /** The first thing that is certainly wrong with a request body, or undefined. */
  findRequestFlaw(body: unknown): RequestFlaw | undefined;
  /** Why a parsed answer with status 200 and no top-level `error` is a failure, or undefined. */
  findAnswerFault(answer: JsonObject, request: JsonObject): Fault | undefined;
  /** Reads the parsed data of an event; `hasSpoken`: an event before it carried an answer. */
  readEvent(data: JsonObject, hasSpoken: boolean): EventMeaning;
  /** The data of an event that reported a fault, without the fault. */
  withoutFault(data: JsonObject): JsonObject;
  /** The data of the event that ends a whole stream, if it is a fixed text. */
  doneData: string;
  /** An error in band, as one event. */
  errorEvent(body: ErrorBody): string;
}
