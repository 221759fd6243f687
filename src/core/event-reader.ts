import { createParser } from "eventsource-parser";
import { concatBytes } from "./bytes.ts";

/**
 * One block of an event stream, up to and including the blank line that ends it, with what HTML
 * §9.2.6 reads from it. A block of comments has neither `name` nor `data`.
 */
export interface StreamEvent {
  /** How many bytes of the body it takes. */
  size: number;
  /**
   * What goes out of it, byte for byte: all but comments, which break Go's and other clients. Empty
   * where nothing but blank lines is left.
   */
  written: Uint8Array;
  name: string | undefined;
  data: string | undefined;
  /** Lines that are no field: upstream may put a bare JSON error there. */
  stray: string | undefined;
  /** How many blocks this stands for: of nothing to read, a run of them is given as one. */
  blocks: number;
}

/** Bytes of an event beyond the size limit, given out unread; `ends` with its last bytes. */
export interface Fragment {
  size: number;
  written: Uint8Array;
  ends: boolean;
}

/** The most lines of an event that is read: a million of them take thirty times their size. */
const MOST_LINES = 50_000;

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;

/** Reads an event stream from its chunks. Where they are split makes no difference to the events. */
export class EventStreamReader {
  readonly #maxEventBytes: number;
  readonly #keepsComments: boolean;
  readonly #scanner = new BlockScanner();
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
    let start = 0;
    let end = this.#nextEnd(chunk, 0);
    while (end !== -1) {
      this.#append(events, this.#completeBlock(part(chunk, start, end), false));
      start = end;
      end = this.#nextEnd(chunk, start);
    }
    const fragment =
      start < chunk.length ? this.#keep(part(chunk, start, chunk.length)) : undefined;
    if (fragment !== undefined) events.push(fragment);
    return events;
  }

  /**
   * The last event, when the body ended without a blank line after it. Where it was cut, an event
   * counts only if its blank line was there, and lacked at most the LF of a CRLF.
   */
  end(isCut = false): (StreamEvent | Fragment)[] {
    const isThere = this.#begun.length > 0 && (!isCut || this.#scanner.isLfPossible);
    return isThere ? [this.#completeBlock(new Uint8Array(), true)] : [];
  }

  /** The index behind the next block; blank lines that follow each other are one, where none is kept. */
  #nextEnd(chunk: Uint8Array, start: number): number {
    const end = this.#scanner.nextBlockEnd(chunk, start);
    const isBlankLine = end === start + 1 && this.#begun.length === 0 && !this.#keepsComments;
    return isBlankLine ? endOfRun(chunk, start, this.#maxEventBytes) : end;
  }

  /** Blocks of nothing to read that follow each other are one: a flood of them costs little. */
  #append(events: (StreamEvent | Fragment)[], event: StreamEvent | Fragment): void {
    const last = events.at(-1);
    const isRun = last !== undefined && isNothing(last) && isNothing(event);
    if (!isRun) return void events.push(event);
    last.size += event.size;
    last.blocks += event.blocks;
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

  #completeBlock(lastBytes: Uint8Array, bodyEnds: boolean): StreamEvent | Fragment {
    const bytes = this.#takeBegun(lastBytes);
    const isTooLarge =
      this.#isFragmented || bytes.length > this.#maxEventBytes || this.#scanner.lines > MOST_LINES;
    this.#isFragmented = false;
    this.#scanner.lines = 0;
    if (isTooLarge) return unread(bytes, true);
    if (!this.#keepsComments && isPadding(bytes)) {
      this.#isFirst = false;
      return {
        size: bytes.length,
        written: NO_BYTES,
        name: undefined,
        data: undefined,
        stray: undefined,
        blocks: bytes[0] === COLON ? 1 : bytes.length,
      };
    }
    const text = (this.#isFirst ? firstDecoder : decoder).decode(bytes);
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    return this.#readFields(
      isFirst && !this.#keepsComments ? withoutBom(bytes) : bytes,
      bodyEnds ? `${text}\n\n` : text,
      bytes.length,
    );
  }

  /** Reads the fields of a block. */
  #readFields(bytes: Uint8Array, block: string, size: number): StreamEvent {
    const data = onlyData(block);
    const event: StreamEvent = {
      size,
      written: bytes,
      name: undefined,
      data,
      stray: undefined,
      blocks: 1,
    };
    if (data !== undefined) return event;
    const { fields, stray } = sortLines(block);
    event.stray = stray;
    parsed = event;
    parser.feed(fields);
    if (!this.#keepsComments) event.written = withoutComments(bytes);
    return event;
  }
}

/** A part of a chunk. Most chunks are one event, and a view of one costs as much as reading it. */
function part(chunk: Uint8Array, start: number, end: number): Uint8Array {
  return start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end);
}

/**
 * Finds the blank lines that end blocks. Lines end with LF, CRLF or CR (HTML §9.2.5), and a CR may
 * be half of a CRLF whose LF is still to come: behind a bare CR a second one ends the block at once,
 * so that a stream of CRs is not late; elsewhere the next byte tells.
 */
class BlockScanner {
  /** Behind the CR of a blank line, which is all that the line needs. */
  isLfPossible = false;
  /** How many lines have begun that are no comments; for the reader to set to 0. */
  lines = 0;
  #isLineEmpty = true;
  #previous = 0;

  /** The index behind the next blank line, at or after an index of a chunk, or -1. */
  nextBlockEnd(chunk: Uint8Array, from: number): number {
    for (let index = from; index < chunk.length; index++) {
      const byte = chunk[index];
      if (this.isLfPossible) {
        this.isLfPossible = false;
        if (byte !== LF) return index;
        this.#previous = LF;
        return index + 1;
      }
      const beforeByte = this.#previous;
      this.#previous = byte ?? 0;
      if (byte !== LF && byte !== CR) {
        if (this.#isLineEmpty && byte !== COLON) this.lines += 1;
        this.#isLineEmpty = false;
      } else if (byte === CR || beforeByte !== CR) {
        const isBlank = this.#isLineEmpty;
        this.#isLineEmpty = true;
        if (isBlank && (byte === LF || beforeByte === CR)) return index + 1;
        this.isLfPossible = isBlank;
      }
    }
    return -1;
  }
}

/** The index behind a line end, and behind those that follow and equal it: each is a blank line. */
function endOfRun(chunk: Uint8Array, start: number, most: number): number {
  const byte = chunk[start];
  const last = Math.min(chunk.length, start + most);
  let end = start + 1;
  while (end < last && chunk[end] === byte) end += 1;
  return end;
}

/** The beginning of a stream is the only place where a BOM is none of its text (HTML §9.2.5). */
const firstDecoder = new TextDecoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What is read, while the parser reads it. */
let parsed: StreamEvent;

/** One for all streams: it gets whole blocks, and between blocks there is nothing to remember. */
const parser = createParser({
  onEvent: ({ event: name, data }) => {
    parsed.name = name;
    parsed.data = data;
  },
});
// From here on a BOM is text.
parser.feed("\n");

const NO_BYTES = new Uint8Array();
const LINE_FEED = Uint8Array.of(LF);

/** Whether a block is a comment of one line, or a blank line. */
function isPadding(bytes: Uint8Array): boolean {
  const lineBytes = bytes[0] === COLON ? lineEnd(bytes, 0) : 0;
  return bytes.subarray(lineBytes).every((byte) => byte === LF || byte === CR);
}

function isNothing(event: StreamEvent | Fragment): event is StreamEvent {
  return (
    !("ends" in event) &&
    event.written.length === 0 &&
    event.data === undefined &&
    event.stray === undefined
  );
}

/** The names of the fields that a parser knows (HTML §9.2.6), with or without a value. */
const FIELD = /^(?:data|event|id|retry)(?::|$)/;

/**
 * The lines of a block that are fields, for the parser, and those that are not: it takes ten
 * microseconds for each of these. Comments, of which a block may hold a million, are skipped in
 * place.
 */
function sortLines(block: string): { fields: string; stray: string | undefined } {
  const fields: string[] = [];
  const stray: string[] = [];
  const text = block.includes("\r") ? block.replace(/\r\n?/g, "\n") : block;
  let start = 0;
  while (start < text.length) {
    const found = text.indexOf("\n", start);
    const end = found === -1 ? text.length : found;
    if (end > start && text[start] !== ":") {
      const line = text.slice(start, end);
      (FIELD.test(line) ? fields : stray).push(line);
    }
    start = end + 1;
  }
  return {
    fields: `${fields.join("\n")}\n\n`,
    stray: stray.length === 0 ? undefined : stray.join("\n"),
  };
}

function unread(bytes: Uint8Array, ends: boolean): Fragment {
  return { size: bytes.length, written: bytes, ends };
}

const BOM = [0xef, 0xbb, 0xbf];

/** A body may begin with a BOM, which is no part of its first event (HTML §9.2.5). */
function withoutBom(bytes: Uint8Array): Uint8Array {
  return BOM.every((byte, index) => bytes[index] === byte) ? bytes.subarray(BOM.length) : bytes;
}

/** A block without the lines that begin with a colon; empty where only blank lines are left. */
function withoutComments(bytes: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [];
  let hasLines = false;
  for (let start = 0; start < bytes.length;) {
    const end = lineEnd(bytes, start);
    if (bytes[start] !== COLON) {
      // A CR before the comment and the LF behind it would become one line end.
      if (bytes[start] === LF && kept.at(-1)?.at(-1) === CR) kept.push(LINE_FEED);
      kept.push(bytes.subarray(start, end));
      hasLines ||= bytes[start] !== LF && bytes[start] !== CR;
    }
    start = end;
  }
  return hasLines ? concatBytes(kept) : new Uint8Array();
}

/** The index behind the line end that ends the line at an index: LF, CRLF or CR. */
function lineEnd(bytes: Uint8Array, start: number): number {
  for (let index = start; index < bytes.length; index++) {
    if (bytes[index] === LF) return index + 1;
    if (bytes[index] === CR) return bytes[index + 1] === LF ? index + 2 : index + 1;
  }
  return bytes.length;
}

/**
 * The data of a block that is one line of data and a blank one, as nearly all are; else undefined.
 * A parser says the same at several times the cost.
 */
function onlyData(block: string): string | undefined {
  const isOneLine = block.startsWith("data: ") && block.indexOf("\n") === block.length - 2;
  if (!isOneLine || !block.endsWith("\n\n") || block.includes("\r")) return undefined;
  return block.slice("data: ".length, -2);
}
