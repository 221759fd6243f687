import { endOfRun, isPadding, paddingBlocks, withoutBom, withoutComments } from "./block-bytes.ts";
import { type BlockFields, readFields } from "./block-fields.ts";
import { BlockScanner } from "./block-scanner.ts";
import { concatBytes } from "./bytes.ts";
import type { Likeness } from "./likeness.ts";
import { decode, decodePart } from "./utf8.ts";

/**
 * One block of an event stream, up to and including the blank line that ends it, with what HTML
 * §9.2.6 reads from it; of blocks that are alike, a run. A block of comments has neither `name` nor
 * `data`.
 */
export interface StreamEvent extends BlockFields {
  /** How many bytes of the body it takes. */
  size: number;
  /**
   * What goes out of it, byte for byte: all but comments, which break Go's and other clients. Empty
   * where nothing but blank lines is left.
   */
  written: Uint8Array;
  /** How many blocks this stands for: of nothing to read, or of those that are known. */
  blocks: number;
  /** The size of what was read last: of blank lines that follow each other, all of them. */
  lastSize: number;
  /** The text of the last one of them; empty where there is nothing to read. */
  text: string;
  /** Each is like an event that was read before. Its own fields are not read. */
  isKnown: boolean;
}

/** Bytes of an event beyond the size limit, given out unread; `ends` with its last bytes. */
export interface Fragment {
  size: number;
  written: Uint8Array;
  ends: boolean;
}

/** The most lines of an event that is read: each costs many times its bytes. */
const MOST_LINES = 50_000;

/** Reads an event stream from its chunks. Where they are split makes no difference to the events. */
export class EventStreamReader {
  readonly #maxEventBytes: number;
  readonly #keepsComments: boolean;
  readonly #scanner = new BlockScanner();
  #chunk: Uint8Array = NO_BYTES;
  /** The text of the chunk: null where its places are not those of the bytes. */
  #text: string | null | undefined;
  /** The index in the chunk behind what was read. */
  #at = 0;
  /** An event that was read to find out that a run has ended before it. */
  #ahead: StreamEvent | Fragment | undefined;
  #begun: Uint8Array[] = [];
  #begunBytes = 0;
  #isFragmented = false;
  #isFirst = true;

  /** An event of more than `maxEventBytes` comes out in fragments, unread; one of many lines, whole. */
  constructor(maxEventBytes: number, keepsComments = false) {
    this.#maxEventBytes = maxEventBytes;
    this.#keepsComments = keepsComments;
  }

  /** The events that this chunk completes, in order. */
  feed(chunk: Uint8Array): (StreamEvent | Fragment)[] {
    const events: (StreamEvent | Fragment)[] = [];
    this.take(chunk);
    for (let event = this.next(); event !== undefined; event = this.next()) events.push(event);
    return events;
  }

  /** Takes the next chunk. Before it, `next` has to have given all events of the one before. */
  take(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#text = undefined;
    this.#at = 0;
    this.#scanner.take(chunk);
  }

  /** The next event that the chunk completes; undefined where there is none. */
  next(likeness?: Likeness): StreamEvent | Fragment | undefined {
    const event = this.#ahead ?? this.#read(likeness);
    this.#ahead = undefined;
    // A run begins in this chunk: its bytes are next to each other.
    const start = this.#at - (event?.size ?? 0);
    if (event === undefined || !isRun(event) || start < 0) return event;
    if (event.isKnown && likeness !== undefined) this.#skipKnown(event, likeness);
    for (let next = this.#read(likeness); next !== undefined; next = this.#read(likeness)) {
      if (!isRun(next) || next.isKnown !== event.isKnown) {
        this.#ahead = next;
        break;
      }
      event.size += next.size;
      event.blocks += next.blocks;
      event.lastSize = next.size;
      event.text = next.text;
    }
    if (event.isKnown) event.written = part(this.#chunk, start, start + event.size);
    return event;
  }

  /**
   * The last event, when the body ended without a blank line after it. Where it was cut, an event
   * counts only if its blank line was there, and lacked at most the LF of a CRLF.
   */
  end(isCut = false): (StreamEvent | Fragment)[] {
    const isThere = this.#begun.length > 0 && (!isCut || this.#scanner.isLfPossible);
    return isThere ? [this.#completeBlock(NO_BYTES, true)] : [];
  }

  /** Adds the known events that follow to a run of them, where the text alone can tell their ends. */
  #skipKnown(run: StreamEvent, likeness: Likeness): void {
    const isThereMore = this.#at < this.#chunk.length;
    const text = isThereMore ? this.#readText() : null;
    if (text === null) return;
    const max = this.#maxEventBytes;
    let start = this.#at;
    let end = likeness.endOfKnown(text, start);
    while (end !== -1 && end - start <= max) {
      run.size += end - start;
      run.blocks += 1;
      run.lastSize = end - start;
      start = end;
      end = likeness.endOfKnown(text, start);
    }
    if (start > this.#at) run.text = text.slice(start - run.lastSize, start);
    this.#at = start;
  }

  /** The text of the chunk, if each of its characters is one byte and LF ends each line. */
  #readText(): string | null {
    if (this.#text !== undefined) return this.#text;
    const text = this.#scanner.hasCr ? "" : decodePart(this.#chunk);
    this.#text = text.length === this.#chunk.length ? text : null;
    return this.#text;
  }

  #read(likeness: Likeness | undefined): StreamEvent | Fragment | undefined {
    const start = this.#at;
    if (start === this.#chunk.length) return undefined;
    const end = this.#nextEnd(start);
    this.#at = end === -1 ? this.#chunk.length : end;
    const bytes = part(this.#chunk, start, this.#at);
    return end === -1 ? this.#keep(bytes) : this.#completeBlock(bytes, false, likeness);
  }

  /** The index behind the next block; blank lines that follow each other are one, where none is kept. */
  #nextEnd(start: number): number {
    const end = this.#scanner.nextBlockEnd(start);
    const isBlankLine = end === start + 1 && this.#begun.length === 0 && !this.#keepsComments;
    return isBlankLine ? endOfRun(this.#chunk, start, this.#maxEventBytes) : end;
  }

  /** Keeps the beginning of an event, or gives it out where it is too large already. */
  #keep(bytes: Uint8Array): Fragment | undefined {
    if (this.#begunBytes + bytes.length > this.#maxEventBytes) {
      this.#isFragmented = true;
      return unread(this.#takeBegun(bytes), false);
    }
    this.#begun.push(bytes);
    this.#begunBytes += bytes.length;
    return undefined;
  }

  #takeBegun(bytes: Uint8Array): Uint8Array {
    if (this.#begun.length === 0) return bytes;
    const taken = concatBytes([...this.#begun, bytes]);
    this.#begun = [];
    this.#begunBytes = 0;
    return taken;
  }

  #completeBlock(
    lastBytes: Uint8Array,
    bodyEnds: boolean,
    likeness?: Likeness,
  ): StreamEvent | Fragment {
    const bytes = this.#takeBegun(lastBytes);
    const isTooLarge =
      this.#isFragmented || bytes.length > this.#maxEventBytes || this.#scanner.lines > MOST_LINES;
    this.#isFragmented = false;
    this.#scanner.lines = 0;
    if (isTooLarge) return unread(bytes, true);
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (!this.#keepsComments && isPadding(bytes)) return padding(bytes);
    // Only there a BOM is no text (HTML §9.2.5).
    const text = isFirst ? decode(bytes) : decodePart(bytes);
    if (likeness?.knows(text) === true) return eventOf(NO_FIELDS, bytes.length, bytes, text, true);
    const fields = readFields(bodyEnds ? `${text}\n\n` : text);
    return eventOf(fields, bytes.length, this.#written(bytes, text, isFirst), text);
  }

  /** What of a block goes out. */
  #written(bytes: Uint8Array, text: string, isFirst: boolean): Uint8Array {
    if (this.#keepsComments) return bytes;
    const shown = isFirst ? withoutBom(bytes) : bytes;
    return shown !== bytes || holdsComments(text) ? withoutComments(shown) : bytes;
  }
}

/** A part of a chunk. Most chunks are one event, and a view of one costs as much as reading it. */
function part(chunk: Uint8Array, start: number, end: number): Uint8Array {
  return start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end);
}

const NO_BYTES = new Uint8Array();

const NO_FIELDS: BlockFields = { name: undefined, data: undefined, stray: undefined };

/** The event of one block. Field by field: to spread an object costs more than to read it. */
function eventOf(
  { name, data, stray }: BlockFields,
  size: number,
  written: Uint8Array,
  text: string,
  isKnown = false,
): StreamEvent {
  return { size, written, name, data, stray, blocks: 1, lastSize: size, text, isKnown };
}

function padding(bytes: Uint8Array): StreamEvent {
  const event = eventOf(NO_FIELDS, bytes.length, NO_BYTES, "");
  event.blocks = paddingBlocks(bytes);
  return event;
}

/** Whether blocks like this one that follow each other are given as one: a flood costs little. */
function isRun(event: StreamEvent | Fragment): event is StreamEvent {
  return !("ends" in event) && (event.isKnown || isNothing(event));
}

function isNothing({ written, data, stray }: StreamEvent): boolean {
  return written.length === 0 && data === undefined && stray === undefined;
}

function holdsComments(text: string): boolean {
  return text.startsWith(":") || text.includes("\n:") || text.includes("\r:");
}

function unread(bytes: Uint8Array, ends: boolean): Fragment {
  return { size: bytes.length, written: bytes, ends };
}
