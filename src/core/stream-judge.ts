import { readFields } from "./block-fields.ts";
import { appendAdjoining } from "./bytes.ts";
import type { Dialect, EventMeaning } from "./dialect.ts";
import type { InBand } from "./error-form.ts";
import { withoutNullError } from "./error-null.ts";
import { EventCounter } from "./event-counter.ts";
import { EventStreamReader, type Fragment, type StreamEvent } from "./event-reader.ts";
import { hasUsage, readFacts } from "./facts.ts";
import { type Fault, findError, silentFault } from "./fault.ts";
import { isObject, type JsonObject, parseJson, publicObject } from "./json.ts";
import { Likeness } from "./likeness.ts";
import { Parts } from "./parts.ts";
import type { Observe, Place } from "./steps.ts";
import { DEFAULT_STRUCTURE, hasTooMuchStructure, type StructureLimits } from "./structure.ts";
import { decodePart, encode } from "./utf8.ts";

/** How a stream ended: the answer is whole, or it failed and the client has to be told. */
export type StreamEnding =
  /** `isTailLost`: upstream's stream broke off behind the answer. */
  | { kind: "whole"; isDoneAdded: boolean; isTailLost: boolean }
  /** `midEvent`: part of an oversized event is already out, so that no event can follow it. */
  | { kind: "failed"; fault: Fault; midEvent: boolean };

/** What a piece of a stream came to. */
export interface StreamReading {
  /** What goes to the client, in order: whole events, but for those beyond the size limit. */
  bytes: Uint8Array[];
  /** Set when nothing more is to be read. */
  ending: StreamEnding | undefined;
  /** Whether an event with data was completed: nothing else is a sign of life. */
  isAlive: boolean;
}

/** The data of the event that ends OpenAI's streams; OpenRouter also puts it behind others. */
const DONE = "[DONE]";

/** In bytes. What a larger event says is in no error in band: it would go out twice more. */
const LONGEST_KEPT = 2 ** 20;

const DONE_EVENT = encode(`data: ${DONE}\n\n`);
const BLANK_LINE = encode("\n\n");

/** What a judge goes by. */
export interface JudgeOptions {
  /** A larger event goes out unjudged. */
  maxEventBytes: number;
  /** An event with more structure does too. */
  structure?: StructureLimits;
  keepsComments?: boolean;
  /** Takes secrets out of errors that go out within the answer. */
  hide?: (text: string) => string;
  observe?: Observe;
}

/**
 * Judges an event stream, before the status line is written and after. A stream failed if an event
 * says so, is not JSON, or if it is cut or ends before the answer does. An answer that is whole is
 * not undone by what comes later: a cut, silence, or an error that OpenRouter puts into the usage
 * event after `length` (fixtures/chat-completions/stream-token-limit-in-usage-chunk.json).
 */
export class StreamJudge {
  readonly #dialect: Dialect;
  readonly #reader: EventStreamReader;
  readonly #structure: StructureLimits;
  readonly #hide: (text: string) => string;
  readonly #observe: Observe;
  readonly #parts = new Parts();
  readonly #counter = new EventCounter();
  /**
   * Of the last event, if one like it can change nothing: not what is open, and not what is known of
   * the answer. An event that changes anything makes it forget.
   */
  readonly #likeness = new Likeness();
  /** The text of the last event, where it was known and so is not read yet. */
  #unread: string | undefined;
  #isDecided = false;
  /** Whether more than white space was said. */
  #hasSpoken = false;
  #isCounted = false;
  #isBilled = false;
  #isMidEvent = false;
  /** Whether an event that went out unjudged may have been the end of the answer. */
  #mayHaveEnded = false;
  #hasNamedItself = false;
  #frame: JsonObject | undefined;
  #lastData: JsonObject | undefined;
  #lastGood: JsonObject | undefined;

  constructor(dialect: Dialect, options: JudgeOptions) {
    const { maxEventBytes, keepsComments, structure = DEFAULT_STRUCTURE, hide, observe } = options;
    this.#dialect = dialect;
    this.#reader = new EventStreamReader(maxEventBytes, keepsComments);
    this.#structure = structure;
    this.#hide = hide ?? ((text) => text);
    this.#observe = observe ?? ignore;
  }

  /** Whether an event has shown that there is an answer, so that 200 is the truth so far. */
  get isDecided(): boolean {
    return this.#isDecided;
  }

  /** Whether nothing that a reader of the answer needs is missing any more. */
  get isWhole(): boolean {
    return this.#parts.areFinished || this.#isBilled;
  }

  /** How many blocks without data there were: comments, mostly. */
  get comments(): number {
    return this.#counter.comments;
  }

  /** Where the last block stands that was judged; undefined at the end of the body. */
  get place(): Place | undefined {
    return this.#counter.place;
  }

  /** What an error in band is made of: its event, the one before, and what the dialect keeps. */
  get context(): Pick<InBand, "event" | "before" | "frame"> {
    this.#readKnown();
    const event = this.#counter.isAtEnd ? undefined : this.#lastData;
    return { event, before: this.#lastGood, frame: this.#frame };
  }

  /** Reads the next chunk. After an ending nothing more may be fed. */
  feed(chunk: Uint8Array): StreamReading {
    const reading: StreamReading = { bytes: [], ending: undefined, isAlive: false };
    this.#reader.take(chunk);
    for (let event = this.#next(); event !== undefined; event = this.#next()) {
      reading.isAlive ||= isSignOfLife(event);
      reading.ending = this.#take(event, reading.bytes);
      if (reading.ending !== undefined) return reading;
    }
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
      // What follows needs the blank line that the last event lacks.
      if (reading.bytes.length > 0) reading.bytes.push(BLANK_LINE);
    }
    if (reading.ending === undefined) {
      this.#counter.end();
      reading.ending = this.#endHere(interruption, reading.bytes);
    }
    return reading;
  }

  #next(): StreamEvent | Fragment | undefined {
    return this.#reader.next(this.#likeness);
  }

  /** The body ended although no event said that the answer did: whether it is whole all the same. */
  #endHere(interruption: Fault | undefined, bytes: Uint8Array[]): StreamEnding {
    const isCut = interruption !== undefined;
    // Nothing can follow half an event: neither [DONE] nor an error.
    if (!this.#isMidEvent) {
      if (this.isWhole) return this.#endWhole(isCut, bytes);
      const isAtItsEnd = this.#mayHaveEnded || (this.#dialect.wholeAt === "end" && this.#isDecided);
      if (!isCut && (isAtItsEnd || (this.#isCounted && !this.#isDecided))) {
        return this.#endWhole(false, bytes);
      }
    }
    return this.#fail(interruption ?? endedEarly("before the answer did"));
  }

  /** The answer is whole, and `[DONE]` is added where the dialect ends with it. */
  #endWhole(isTailLost: boolean, bytes: Uint8Array[]): StreamEnding {
    const isAnswered = this.isWhole || (this.#isCounted && !this.#isDecided);
    const isDoneAdded = this.#dialect.wholeAt === "done" && isAnswered;
    if (isDoneAdded) bytes.push(DONE_EVENT);
    this.#decide();
    return { kind: "whole", isDoneAdded, isTailLost };
  }

  /** Judges one event, and puts what the client gets of it into `bytes`. */
  #take(event: StreamEvent | Fragment, bytes: Uint8Array[]): StreamEnding | undefined {
    this.#counter.count(event);
    if ("isKnown" in event && event.isKnown) return this.#takeKnown(event, bytes);
    this.#likeness.forget();
    if ("ends" in event) return this.#passOn(event.written, !event.ends, bytes);
    if (hasTooMuchStructure(event.data ?? "", this.#structure)) {
      return this.#passOn(event.written, false, bytes);
    }
    if (isDone(event.data)) return this.#takeDone(event, bytes);
    if (isHeartbeat(event)) return this.#takeHeartbeat(event, bytes);
    const data = event.data === undefined ? undefined : parseJson(event.data);
    // Events after the dialect's own end are not part of the answer.
    if (this.#dialect.wholeAt === "parts" && this.#parts.areFinished) return undefined;
    const meaning = this.#meaningOf(event, data);
    const fault = meaning.fault ?? this.#strayError(event) ?? this.#brokenEvent(event, data);
    this.#note(meaning, data, event.size);
    if (fault !== undefined) return this.#takeFault(fault, data, bytes);
    this.#finish(meaning);
    if (meaning.continues.length > 0) this.#mayHaveEnded = false;
    if (meaning.speaks || meaning.finishes.length > 0) this.#decide();
    if (event.written.length === 0) return undefined;
    const isError = meaning.isPartError === true || event.stray !== undefined;
    const written = withoutNullError(event, data);
    appendAdjoining(bytes, isError ? this.#hidden(written) : written);
    const isUntouched = written === event.written && written.length === event.size;
    if (isUntouched && !isError && isObject(data) && this.#changesNothing(meaning, data)) {
      this.#likeness.learn(event.text);
    }
    return undefined;
  }

  /** Nothing goes out of it, but bare JSON beside its blank data may be an error. */
  #takeHeartbeat(event: StreamEvent, bytes: Uint8Array[]): StreamEnding | undefined {
    const fault = this.#strayError(event);
    return fault === undefined ? undefined : this.#takeFault(fault, undefined, bytes);
  }

  /** Passes on events that are like the last one, which changed nothing but what is counted here. */
  #takeKnown({ text, written }: StreamEvent, bytes: Uint8Array[]): undefined {
    this.#unread = text;
    appendAdjoining(bytes, written);
  }

  /** Whether a second event of this meaning would change nothing any more. */
  #changesNothing({ speaks, finishes }: EventMeaning, data: JsonObject): boolean {
    return speaks && this.#hasSpoken && finishes.length === 0 && !hasUsage(data);
  }

  /** Passes on an event, or a part of one, that is not judged: it may be an error all the same. */
  #passOn(written: Uint8Array, isMidEvent: boolean, bytes: Uint8Array[]): undefined {
    this.#decide();
    this.#isMidEvent = isMidEvent;
    this.#mayHaveEnded = true;
    bytes.push(this.#hidden(written));
  }

  #meaningOf(event: StreamEvent, data: unknown): EventMeaning {
    // On an endpoint without a dialect, events of plain text are an answer like any other.
    const isText = event.data !== undefined && data === undefined && !this.#dialect.isNamed;
    return isText ? { ...NO_MEANING, speaks: true } : this.#read(data);
  }

  /** What an event means: an error that looks the same on all endpoints comes first. */
  #read(data: unknown): EventMeaning {
    if (data === undefined) return NO_MEANING;
    const found = findError(data, "error-in-event");
    // Data that is no object has no fields.
    const fields = isObject(data) ? data : {};
    const meaning = this.#dialect.readEvent(fields, this.#hasSpoken);
    if (found === undefined) return meaning;
    const isPartError = this.#dialect.isPartError?.(fields) === true;
    return isPartError ? { ...meaning, isPartError } : { ...meaning, fault: found };
  }

  /** The bytes of an event that is about an error, without secrets. */
  #hidden(written: Uint8Array): Uint8Array {
    const text = decodePart(written);
    const shown = this.#hide(text);
    return shown === text ? written : encode(shown);
  }

  /** Ends the stream with a fault, but for one that comes too late to undo the answer. */
  #takeFault(fault: Fault, data: unknown, bytes: Uint8Array[]): StreamEnding | undefined {
    if (fault.rule === "malformed-event" && this.isWhole) return this.#endWhole(true, bytes);
    if (!this.#parts.areFinished) return this.#fail(fault);
    this.#observe({ kind: "late-error", place: this.place });
    this.#appendWithoutFault(bytes, data, fault);
    return undefined;
  }

  /** Records what an event says. */
  #note(meaning: EventMeaning, data: unknown, size: number): void {
    const { continues, speaking = [], finishes } = meaning;
    this.#parts.open([...continues, ...finishes], speaking);
    this.#isCounted ||= meaning.isCounted === true;
    if (meaning.speaks) this.#isBilled = false;
    else this.#isBilled ||= meaning.isUsage === true && this.#isDecided;
    this.#hasSpoken ||= meaning.speaks && meaning.isBlank !== true;
    if (!isObject(data)) return;
    this.#tellFacts(data);
    if (size <= LONGEST_KEPT) return this.#keep(data, meaning.fault === undefined);
    this.#readKnown();
    this.#lastData = undefined;
  }

  /** Keeps what an error in band would be made of. */
  #keep(data: JsonObject, isHealthy: boolean): void {
    const kept = isHealthy ? this.#dialect.errorForm.keeps?.(data) : undefined;
    if (kept === undefined) this.#readKnown();
    this.#unread = undefined;
    this.#frame = kept ?? this.#frame;
    this.#lastData = data;
    if (isHealthy) this.#lastGood = data;
  }

  /** Reads the last event, if it was known. */
  #readKnown(): void {
    const data = this.#unread === undefined ? undefined : parseJson(dataOf(this.#unread));
    this.#unread = undefined;
    if (isObject(data)) this.#keep(data, true);
  }

  #finish({ finishes, speaking = [] }: EventMeaning): void {
    if (finishes.length === 0) return;
    this.#parts.finish(finishes, speaking);
    this.#hasSpoken = true;
  }

  /**
   * The error that bare JSON without `data:` reports, of which a parser would see nothing
   * (fixtures/chat-completions/stream-raw-json-line.json). Such a line is not part of the answer, so
   * it cannot show that the generation failed.
   */
  #strayError({ stray }: StreamEvent): Fault | undefined {
    if (stray === undefined) return undefined;
    for (const text of jsonLines(stray)) {
      const tooMuch = hasTooMuchStructure(text, this.#structure);
      const fault = tooMuch ? undefined : this.#read(parseJson(text)).fault;
      if (fault !== undefined && fault.rule !== "failed-generation") return fault;
    }
    return undefined;
  }

  /** What is wrong with an event that reports no error: it is called one, or is not JSON. */
  #brokenEvent({ name, data: text }: StreamEvent, data: unknown): Fault | undefined {
    if (name === "error") {
      const sentence = "Upstream sent an error event.";
      return { rule: "error-in-event", error: data ?? text, beside: {}, sentence };
    }
    if (text === undefined || data !== undefined || !this.#dialect.isNamed) return undefined;
    return silentFault("malformed-event", "Upstream sent an event whose data is not JSON.");
  }

  #takeDone(event: StreamEvent, bytes: Uint8Array[]): StreamEnding | undefined {
    const { wholeAt, hasDone } = this.#dialect;
    const isAnswered =
      wholeAt === "parts" ? this.#parts.areFinished : this.#isDecided || this.#isCounted;
    if (!isAnswered && !this.#mayHaveEnded) return this.#fail(endedEarly("with [DONE]"));
    const written = event.data === DONE ? event.written : DONE_EVENT;
    if (hasDone) appendAdjoining(bytes, written);
    this.#decide();
    return { kind: "whole", isDoneAdded: false, isTailLost: false };
  }

  /** What is left of an event whose fault comes too late: nothing, if it was all about the fault. */
  #appendWithoutFault(bytes: Uint8Array[], data: unknown, fault: Fault): void {
    if (!isObject(data) || fault.error === data) return;
    const rest = publicObject(this.#dialect.withoutFault(data));
    if (Object.keys(rest).length === 0) return;
    bytes.push(encode(this.#hide(`data: ${JSON.stringify(rest)}\n\n`)));
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

  #fail(fault: Fault): StreamEnding {
    return { kind: "failed", fault, midEvent: this.#isMidEvent };
  }
}

/** At most this many lines that begin like JSON are tried: an honest stream has one. */
const MOST_STRAY_LINES = 100;

/** The texts that may be JSON: all lines that are no fields together, or each of them alone. */
function jsonLines(stray: string): string[] {
  const lines = stray.split("\n").filter((line) => /^\s*[[{]/.test(line));
  return /^\s*[[{]/.test(stray)
    ? [stray, ...lines.slice(0, MOST_STRAY_LINES)]
    : lines.slice(0, MOST_STRAY_LINES);
}

const NO_MEANING: EventMeaning = { fault: undefined, speaks: false, continues: [], finishes: [] };

function ignore(): void {}

function dataOf(block: string): string {
  return readFields(block).data ?? "";
}

/** White space may stand around it (fixtures/chat-completions/stream-done-trailing-space.json). */
function isDone(data: string | undefined): boolean {
  return data === DONE || (data !== undefined && data.includes(DONE) && data.trim() === DONE);
}

/** An event with blank data. It means nothing, and SDKs throw at it. */
function isHeartbeat({ name, data }: StreamEvent): boolean {
  return data !== undefined && name !== "error" && data.trim() === "";
}

function isSignOfLife(event: StreamEvent | Fragment): boolean {
  if ("ends" in event) return event.ends;
  return event.isKnown || (event.data !== undefined && !isHeartbeat(event));
}

function endedEarly(when: string): Fault {
  return silentFault("ended-early", `Upstream's stream ended ${when}.`);
}
