/** Shorter keys are not hidden: they could be ordinary words, such as a test's `key`. */
const SHORTEST_KEY = 8;

/** What stands in the key's place. */
const MASK = "[key]";

/**
 * Creates a function that takes a key out of any text. It finds the key in JSON within JSON as well:
 * each character may be escaped, behind as many backslashes as there are texts within texts. The
 * time that it takes grows with the text, whatever that holds.
 */
export function createHide(key: string | undefined): (text: string) => string {
  if (key === undefined || key.length < SHORTEST_KEY) return (text) => text;
  // In any case, because the names of header fields arrive in lower case.
  const plainKey = new RegExp(RegExp.escape(unescaped(key)), "gi");
  return (text) => {
    // The key as it is costs a tenth of the search for all spellings.
    if (!text.includes("\\")) return text.replace(plainKey, MASK);
    const found = [...unescaped(text).matchAll(plainKey)];
    return found.length === 0 ? text : maskSpellings(text, found);
  };
}

/** Backslashes, and the character behind them where it is written in hexadecimal (RFC 8259 §7). */
const ESCAPES = /\\+(?:u([\da-f]{4}))?/gi;

/** A text without backslashes, in which no character is escaped. */
function unescaped(text: string): string {
  // Escapes of which none is in hexadecimal, as nearly all are, cost a third that way.
  if (!/\\u/i.test(text)) return text.replace(/\\+/g, "");
  return text.replace(ESCAPES, (_escape, code?: string) => characterOf(code));
}

/** The character with a code; nothing for none, and for a backslash, which may escape others. */
function characterOf(code: string | undefined): string {
  const character = code === undefined ? "" : String.fromCharCode(Number.parseInt(code, 16));
  return character === "\\" ? "" : character;
}

/** Masks, in a text, what was found in the same text without escapes. */
function maskSpellings(text: string, found: RegExpExecArray[]): string {
  const pieces: string[] = [];
  const walk = new Walk(text);
  let kept = 0;
  for (const { index, 0: key } of found) {
    pieces.push(text.slice(kept, walk.advanceTo(index)), MASK);
    kept = walk.advanceTo(index + key.length);
  }
  return pieces.join("") + text.slice(kept);
}

/** Walks through a text, and knows where it is in the same text without escapes. */
class Walk {
  readonly #text: string;
  readonly #escapes: RegExpStringIterator<RegExpExecArray>;
  #next: RegExpExecArray | undefined;
  #index = 0;
  #plainIndex = 0;

  constructor(text: string) {
    this.#text = text;
    this.#escapes = text.matchAll(ESCAPES);
    this.#next = this.#escapes.next().value;
  }

  /** The index behind so many characters, and before the backslashes of the next. */
  advanceTo(plainIndex: number): number {
    while (this.#plainIndex < plainIndex) {
      const left = plainIndex - this.#plainIndex;
      const next = this.#next;
      const gap = (next?.index ?? this.#text.length) - this.#index;
      const step = Math.min(left, gap);
      this.#index += step;
      this.#plainIndex += step;
      if (next === undefined || step === left) break;
      this.#index += next[0].length;
      this.#plainIndex += characterOf(next[1]).length;
      this.#next = this.#escapes.next().value;
    }
    return this.#index;
  }
}
