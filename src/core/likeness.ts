/**
 * Fields of an event whose values come and go with the text of an answer, on any endpoint. Of what
 * they hold, the verdict on an event depends on one thing once more than white space was said: whether
 * a text is empty.
 */
const TEXTS =
  `content reasoning reasoning_content refusal text thinking delta arguments partial_json
  obfuscation`.split(/\s+/);
const NUMBERS = ["created", "sequence_number"];

/** The beginning of such a value, up to its first character; a text is not empty. */
const BEGINNING = new RegExp(
  `"(?:${TEXTS.join("|")})":\\s*"(?=[^"])|"(?:${NUMBERS.join("|")})":\\s*(?=\\d)`,
  "g",
);

/** What stands between the quotes of a JSON text (RFC 8259 §7), and a whole number. */
const TEXT = /(?:[ !#-[\]-\uffff]+|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))+/y;
const NUMBER = /0|[1-9]\d*/y;

/** A longer event is read: there are few of them. */
const LONGEST = 10_000;

/** After so many events in a row of which none was like the one before, one in so many is remembered. */
const MOST_IN_VAIN = 16;

/**
 * Knows events that differ from one that was read in nothing but texts and counts: nearly all events of a
 * stream do, and to compare costs a tenth of reading. Such an event is JSON if that one was, and
 * means the same.
 */
export class Likeness {
  /** What stands around the values of the event that was read; empty where none is kept in mind. */
  #parts: string[] = [];
  #inVain = 0;

  /** Keeps an event in mind, by the text of its block, in place of the one before. */
  learn(block: string): void {
    this.#inVain += 1;
    const isWorthIt = this.#inVain <= MOST_IN_VAIN || this.#inVain % MOST_IN_VAIN === 0;
    this.#parts = isWorthIt && block.length <= LONGEST ? partsOf(block) : [];
  }

  forget(): void {
    this.#parts = [];
  }

  /** Whether a block is like the one that is kept in mind. */
  knows(block: string): boolean {
    return this.endOfKnown(block, 0) === block.length;
  }

  /** The index behind the block that begins at an index of a text, if it is like that one; or -1. */
  endOfKnown(text: string, start: number): number {
    const parts = this.#parts;
    if (parts.length === 0) return -1;
    let end = start;
    for (let number = 0; number < parts.length; number++) {
      const part = parts[number] ?? "";
      if (!text.startsWith(part, end)) return -1;
      end += part.length;
      if (number < parts.length - 1) end = endOfValue(text, end);
    }
    if (end - start > LONGEST) return -1;
    this.#inVain = 0;
    return end;
  }
}

/** A block without its values: what stands before the first, between them, and behind the last. */
function partsOf(block: string): string[] {
  const parts: string[] = [];
  let start = 0;
  BEGINNING.lastIndex = 0;
  while (BEGINNING.test(block)) {
    const end = BEGINNING.lastIndex;
    parts.push(block.slice(start, end));
    start = endOfValue(block, end);
    BEGINNING.lastIndex = start;
  }
  parts.push(block.slice(start));
  return parts;
}

/** The index behind the value that begins at an index, of the kind that the quote before it tells. */
function endOfValue(block: string, start: number): number {
  const value = block[start - 1] === '"' ? TEXT : NUMBER;
  value.lastIndex = start;
  // Nothing follows where there is no such value: no part of a block is there.
  return value.test(block) ? value.lastIndex : block.length + 1;
}
