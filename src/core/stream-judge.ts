import type { Dialect, EventMeaning } from "./dialect.ts";
import { EventStreamReader, type Fragment, type StreamEvent } from "./event-reader.ts";
import { type Fault, findError, silentFault } from "./fault.ts";
import { hasUsage, readFacts } from "./facts.ts";
import { isObject, type JsonObject, parseJson, publicObject } from "./json.ts";
import type { Observe, Place } from "./steps.ts";

/** How a stream ended: the answer is whole, or it failed and the client has to be told. */
export type StreamEnding =
  | { kind: "whole"; isDoneAdded: boolean }
  /** `midEvent`: part of an oversized event is already out, so that no event can follow it. */
  | { kind: "failed"; fault: Fault; midEvent: boolean };

/** What a piece of a stream came to. */
export interface StreamReading {
  /** What goes to the client, in order: whole events, but for those beyond the size limit. */
  bytes: Uint8Array[];
  /** Set when nothing more is to be read. */
  ending: StreamEnding | undefined;
  /** Whether there was more than comments, which do not count as a sign of life. */
  isAlive: boolean;
}

/** The data of the event that ends OpenAI's streams; OpenRouter also puts it behind others. */
const DONE = "[DONE]";

const encoder = new TextEncoder();

/**
 * Judges an event stream, before the status line is written and after. A stream failed if an event
 * says so, is not JSON, or if it is cut or ends before the answer does. An answer of which every
 * part has finished is not undone by an error that is reported later: OpenRouter puts "Token limit
 * reached" into the usage event after `length`
 * (fixtures/chat-completions/stream-token-limit-in-usage-chunk.json).
 */
export class StreamJudge {
  readonly #dialect: Dialect;
  readonly #reader: EventStreamReader;
  readonly #observe: Observe;
  readonly #openParts = new Set<number>();
  readonly #finishedParts = new Set<number>();
  #isDecided = false;
  #isMidEvent = false;
  /** Whether an event that went out unjudged may have been the end of the answer. */
  #mayHaveEnded = false;
  #hasNamedItself = false;
  #events = 0;
  #comments = 0;
  #start = 0;
  #end = 0;
  #isAtEvent = false;
  #isAtEnd = true;

  /** An event of more than `maxEventBytes` goes out unjudged. */
  constructor(dialect: Dialect, maxEventBytes: number, observe: Observe = ignore) {
    this.#dialect = dialect;
    this.#reader = new EventStreamReader(maxEventBytes);
    this.#observe = observe;
  }

  /** Whether an event has shown that there is an answer, so that 200 is the truth so far. */
  get isDecided(): boolean {
    return this.#isDecided;
  }

  /** How many blocks without data there were: comments, mostly. */
  get comments(): number {
    return this.#comments;
  }

  /** Where the last block stands that was judged; undefined at the end of the body. */
  get place(): Place | undefined {
    if (this.#isAtEnd) return undefined;
    const event = this.#isAtEvent ? this.#events : undefined;
    return { event, start: this.#start, end: this.#end };
  }

  /** Reads the next chunk. After an ending nothing more may be fed. */
  feed(chunk: Uint8Array): StreamReading {
    const reading: StreamReading = { bytes: [], ending: undefined, isAlive: false };
    for (const event of this.#reader.feed(chunk)) {
      reading.isAlive ||= "ends" in event || event.data !== undefined;
      reading.ending = this.#take(event, reading.bytes);
      if (reading.ending !== undefined) return reading;
    }
    reading.isAlive ||= this.#reader.isInsideEvent();
    return reading;
  }

  /** The body came to its end, or broke off with a fault. Always gives an ending. */
  end(interruption?: Fault): StreamReading {
    const reading: StreamReading = { bytes: [], ending: undefined, isAlive: false };
    // Half an event at a cut is dropped: half a JSON text would crash the client's parser.
    const last = this.#reader.end(interruption !== undefined)[0];
    if (last !== undefined) {
      reading.ending = this.#take(last, reading.bytes);
      if (reading.ending?.kind === "whole") return reading;
      if (reading.bytes.length > 0) reading.bytes.push(encoder.encode("\n\n"));
    }
    if (reading.ending === undefined) {
      this.#isAtEnd = true;
      reading.ending = this.#endHere(interruption, reading.bytes);
    }
    return reading;
  }

  /** What the end of the body makes of an answer whose end has not been said. */
  #endHere(interruption: Fault | undefined, bytes: Uint8Array[]): StreamEnding {
    const { wholeAt } = this.#dialect;
    const isAtItsEnd = this.#mayHaveEnded || (wholeAt === "end" && this.#isDecided);
    const isWhole =
      interruption === undefined ? this.#isFinished() || isAtItsEnd : this.#isBeyondHarm();
    // Behind half an event nothing can follow, [DONE] as little as an error.
    if (!isWhole || this.#isMidEvent) {
      return this.#fail(interruption ?? endedEarly("before the answer did"));
    }
    const isDue = wholeAt === "done" && this.#isFinished();
    if (isDue) bytes.push(encoder.encode(`data: ${DONE}\n\n`));
    return { kind: "whole", isDoneAdded: isDue };
  }

  /** Judges one event, and puts what the client gets of it into `bytes`. */
  #take(event: StreamEvent | Fragment, bytes: Uint8Array[]): StreamEnding | undefined {
    this.#locate(event);
    if ("ends" in event) {
      this.#decide();
      this.#isMidEvent = !event.ends;
      this.#mayHaveEnded = true;
      bytes.push(event.bytes);
      return undefined;
    }
    if (event.data === DONE) return this.#takeDone(event, bytes);
    const data = event.data === undefined ? undefined : parseJson(event.data);
    const meaning = this.#read(data);
    const fault = meaning.fault ?? this.#strayError(event) ?? brokenEvent(event, data);
    if (isObject(data)) this.#tellFacts(data);
    if (fault !== undefined) {
      // A part that ends in the event that reports the fault has not ended well.
      this.#noteOpen([...meaning.continues, ...meaning.finishes]);
      const isReport = fault.rule !== "malformed-event";
      const isTooLate = isReport ? this.#isFinished() : this.#isBeyondHarm();
      if (!isTooLate) return this.#fail(fault);
      this.#observe({ kind: "late-error", place: this.place });
      this.#appendWithoutFault(bytes, data, fault);
      return undefined;
    }
    this.#noteOpen(meaning.continues);
    this.#noteFinished(meaning.finishes);
    if (meaning.continues.length > 0) this.#mayHaveEnded = false;
    if (meaning.speaks || meaning.finishes.length > 0) this.#decide();
    appendAdjoining(bytes, event.bytes);
    return undefined;
  }

  /** What an event means: an error that looks the same on all endpoints comes first. */
  #read(data: unknown): EventMeaning {
    if (data === undefined) return NO_MEANING;
    const found = findError(data, "error-in-event");
    // What is no object says as much as an empty one.
    const fields = isObject(data) ? data : {};
    const meaning = this.#dialect.readEvent(fields, this.#isDecided);
    if (found === undefined || this.#dialect.isPartError?.(fields)) return meaning;
    return { ...meaning, fault: found };
  }

  /**
   * The error that bare JSON without `data:` reports, of which a parser would see nothing
   * (fixtures/chat-completions/stream-raw-json-line.json). It is no part of the answer, so that it
   * cannot be the end of a failed one.
   */
  #strayError({ stray }: StreamEvent): Fault | undefined {
    if (stray === undefined) return undefined;
    return [stray, ...stray.split("\n")]
      .map((text) => this.#read(parseJson(text)).fault)
      .find((fault) => fault !== undefined && fault.rule !== "failed-generation");
  }

  #takeDone(event: StreamEvent, bytes: Uint8Array[]): StreamEnding {
    const isAnswered = this.#dialect.wholeAt === "parts" ? this.#isFinished() : this.#isDecided;
    if (!isAnswered && !this.#mayHaveEnded) return this.#fail(endedEarly("with [DONE]"));
    appendAdjoining(bytes, event.bytes);
    return { kind: "whole", isDoneAdded: false };
  }

  /** Notes where an event stands, of which the body may hold several pieces. */
  #locate(event: StreamEvent | Fragment): void {
    this.#isAtEnd = false;
    this.#start = this.#end;
    this.#end += event.bytes.length;
    this.#isAtEvent = "ends" in event || event.data !== undefined;
    if ("ends" in event ? event.ends : this.#isAtEvent) this.#events += 1;
    else if (!this.#isAtEvent) this.#comments += 1;
  }

  #decide(): void {
    if (this.#isDecided) return;
    this.#isDecided = true;
    this.#observe({ kind: "decided", place: this.place });
  }

  #tellFacts(data: JsonObject): void {
    if (this.#hasNamedItself && !hasUsage(data)) return;
    this.#hasNamedItself = true;
    this.#observe({ kind: "facts", facts: readFacts(data) });
  }

  /** What is left of an event whose fault comes too late: nothing, if it was all about the fault. */
  #appendWithoutFault(bytes: Uint8Array[], data: unknown, fault: Fault): void {
    if (!isObject(data) || fault.error === data) return;
    const rest = publicObject(this.#dialect.withoutFault(data));
    if (Object.keys(rest).length === 0) return;
    bytes.push(encoder.encode(`data: ${JSON.stringify(rest)}\n\n`));
  }

  /** Whether all parts of the answer have finished: an error that is told now comes too late. */
  #isFinished(): boolean {
    return this.#finishedParts.size > 0 && this.#openParts.size === 0;
  }

  /**
   * Whether nothing can be missing any more. Where `[DONE]` or the end of the body is still to
   * come, a finished answer can lose its usage to a cut.
   */
  #isBeyondHarm(): boolean {
    return this.#dialect.wholeAt === "parts" && this.#isFinished();
  }

  #fail(fault: Fault): StreamEnding {
    return { kind: "failed", fault, midEvent: this.#isMidEvent };
  }

  #noteOpen(parts: number[]): void {
    for (const part of parts) if (!this.#finishedParts.has(part)) this.#openParts.add(part);
  }

  #noteFinished(parts: number[]): void {
    for (const part of parts) {
      this.#finishedParts.add(part);
      this.#openParts.delete(part);
    }
  }
}

const NO_MEANING: EventMeaning = { fault: undefined, speaks: false, continues: [], finishes: [] };

/** What is wrong with an event that reports no error: it is called one, or is not JSON. */
function brokenEvent({ name, data: text }: StreamEvent, data: unknown): Fault | undefined {
  if (name === "error") {
    const sentence = "Upstream sent an error event.";
    return { rule: "error-in-event", error: data ?? text, beside: {}, sentence };
  }
  if (text === undefined || data !== undefined) return undefined;
  return silentFault("malformed-event", "Upstream sent an event whose data is not JSON.");
}

function ignore(): void {}

function endedEarly(when: string): Fault {
  return silentFault("ended-early", `Upstream's stream ended ${when}.`);
}

/** Adds bytes to a list, joined to the last ones where both are neighbours in one chunk. */
function appendAdjoining(list: Uint8Array[], bytes: Uint8Array): void {
  const last = list.at(-1);
  // First, and nearly always: Bun makes the buffer of a chunk only when it is asked for.
  if (last === undefined) return void list.push(bytes);
  const isNext = last.buffer === bytes.buffer && last.byteOffset + last.length === bytes.byteOffset;
  if (!isNext) return void list.push(bytes);
  list[list.length - 1] = new Uint8Array(last.buffer, last.byteOffset, last.length + bytes.length);
}
