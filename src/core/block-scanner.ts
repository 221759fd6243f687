const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;

/**
 * Finds the blank lines that end the blocks of an event stream, chunk by chunk. Lines end with LF,
 * CRLF or CR (HTML §9.2.5), and a CR may be half of a CRLF whose LF is still to come: behind a bare
 * CR a second one ends the block at once, so that a stream of CRs is not late; elsewhere the next
 * byte tells.
 */
export class BlockScanner {
  /** Behind the CR of a blank line, which is all that the line needs. */
  isLfPossible = false;
  /** How many lines have begun that are no comments; for the reader to set to 0. */
  lines = 0;
  #chunk: Uint8Array = new Uint8Array();
  #hasCr = false;
  #isLineEmpty = true;
  #previous = 0;

  /** Takes the chunk in which the next blank lines are looked for. */
  take(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#hasCr = chunk.includes(CR);
  }

  /** The index behind the next blank line, at or after an index of the chunk, or -1. */
  nextBlockEnd(from: number): number {
    // The platform finds a byte faster than a loop does, and nearly all streams have LF alone.
    const isSimple = !this.#hasCr && this.#previous !== CR;
    return isSimple ? this.#nextBlankLine(from) : this.#nextBlankLineOfAnyKind(from);
  }

  /** In a chunk without CR, behind another byte than CR. */
  #nextBlankLine(from: number): number {
    const chunk = this.#chunk;
    let start = from;
    for (;;) {
      const end = chunk.indexOf(LF, start);
      const isEmpty = end === start || start === chunk.length;
      if (!isEmpty && this.#isLineEmpty) {
        if (chunk[start] !== COLON) this.lines += 1;
        this.#isLineEmpty = false;
      }
      if (end === -1) {
        this.#previous = chunk.at(-1) ?? this.#previous;
        return -1;
      }
      this.#previous = LF;
      if (this.#isLineEmpty) return end + 1;
      this.#isLineEmpty = true;
      start = end + 1;
    }
  }

  #nextBlankLineOfAnyKind(from: number): number {
    const chunk = this.#chunk;
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
