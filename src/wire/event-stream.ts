import { createParser } from "eventsource-parser";

/**
 * One block of an event stream, up to and including the blank line that ends it, with what HTML
 * §9.2.6 reads from it. A block of comments has neither `name` nor `data`.
 */
export interface StreamEvent {
  /** The block as it came, byte for byte. */
  bytes: Uint8Array;
  name: string | undefined;
  data: string | undefined;
  /** Lines that are no field: upstream may put a bare JSON error there. */
  stray: string | undefined;
}

/** Bytes of an event beyond the size limit, given out unread; `ends` with its last bytes. */
export interface Fragment {
  bytes: Uint8Array;
  ends: boolean;
}

/** Reads an event stream from its chunks. Where they are split makes no difference to the events. */
export interface EventStreamReader {
  /** The events that this chunk completes, in order. */
  feed(chunk: Uint8Array): (StreamEvent | Fragment)[];
  /** The last event, when the body ended without a blank line after it. */
  end(): (StreamEvent | Fragment)[];
  /** Whether an event has begun and not ended; a comment is not an event. */
  isInsideEvent(): boolean;
}

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;

/** Creates a reader. An event of more than `maxEventBytes` comes out in fragments, unread. */
export function createEventStreamReader(maxEventBytes: number): EventStreamReader {
  const nextBlockEnd = createBlockScanner();
  const readFields = createFieldReader();
  let begun: Uint8Array[] = [];
  let begunBytes = 0;
  let isFragmented = false;

  function takeBegun(bytes: Uint8Array): Uint8Array {
    const taken = begun.length === 0 ? bytes : Buffer.concat([...begun, bytes]);
    begun = [];
    begunBytes = 0;
    return taken;
  }

  function completeBlock(lastBytes: Uint8Array, bodyEnds: boolean): StreamEvent | Fragment {
    const bytes = takeBegun(lastBytes);
    const isTooLarge = isFragmented || bytes.length > maxEventBytes;
    isFragmented = false;
    return isTooLarge ? { bytes, ends: true } : readFields(bytes, bodyEnds);
  }

  return {
    feed(chunk) {
      const events: (StreamEvent | Fragment)[] = [];
      let start = 0;
      for (let end = nextBlockEnd(chunk, 0); end !== -1; end = nextBlockEnd(chunk, end)) {
        events.push(completeBlock(chunk.subarray(start, end), false));
        start = end;
      }
      const rest = chunk.subarray(start);
      if (begunBytes + rest.length > maxEventBytes) {
        isFragmented = true;
        events.push({ bytes: takeBegun(rest), ends: false });
      } else if (rest.length > 0) {
        begun.push(rest);
        begunBytes += rest.length;
      }
      return events;
    },
    end: () => (begun.length === 0 ? [] : [completeBlock(new Uint8Array(), true)]),
    isInsideEvent: () => isFragmented || (begun.length > 0 && begun[0]?.[0] !== COLON),
  };
}

/**
 * Creates a function that finds, at or after an index of a chunk, the index behind the next blank
 * line, or -1. Lines end with LF, CRLF or CR (HTML §9.2.5), and a CR may be half of a CRLF whose LF
 * is still to come: behind a bare CR a second one ends the block at once, so that a stream of CRs
 * is not late; elsewhere the next byte tells.
 */
function createBlockScanner() {
  let isLineEmpty = true;
  let previous = 0;
  let isLfPossible = false;

  return function nextBlockEnd(chunk: Uint8Array, from: number): number {
    for (let index = from; index < chunk.length; index++) {
      const byte = chunk[index];
      if (isLfPossible) {
        isLfPossible = false;
        if (byte !== LF) return index;
        previous = LF;
        return index + 1;
      }
      const beforeByte = previous;
      previous = byte ?? 0;
      if (byte !== LF && byte !== CR) {
        isLineEmpty = false;
      } else if (byte === CR || beforeByte !== CR) {
        const isBlank = isLineEmpty;
        isLineEmpty = true;
        if (isBlank && (byte === LF || beforeByte === CR)) return index + 1;
        isLfPossible = isBlank;
      }
    }
    return -1;
  };
}

// The parser skips the BOM of the first block only; a decoder would skip that of every block.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Creates a function that reads the fields of one block after the other of a stream. */
function createFieldReader() {
  let event: StreamEvent;
  const parser = createParser({
    onEvent: ({ event: name, data }) => {
      event.name = name;
      event.data = data;
    },
    onError: ({ type, line }) => {
      if (type !== "unknown-field" || line === undefined) return;
      event.stray = event.stray === undefined ? line : `${event.stray}\n${line}`;
    },
  });

  return function readFields(bytes: Uint8Array, bodyEnds: boolean): StreamEvent {
    event = { bytes, name: undefined, data: undefined, stray: undefined };
    // In one piece: the parser drops a line without an end that cannot become a field.
    parser.feed(decoder.decode(bytes) + (bodyEnds ? "\n\n" : ""));
    return event;
  };
}
