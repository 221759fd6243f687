/** Several pieces of bytes as one, copied. */
export function concatBytes(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let end = 0;
  for (const piece of pieces) {
    all.set(piece, end);
    end += piece.length;
  }
  return all;
}

/**
 * Bytes that come in pieces, copied to one place: kept one by one, pieces of a few bytes would cost
 * a hundred times their size, and each may keep the whole page alive that it was read into.
 */
export class ByteSink {
  #bytes = new Uint8Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  write(piece: Uint8Array): void {
    const end = this.#size + piece.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#size);
    this.#size = end;
  }

  /** What was written, without a copy: nothing may be written after that. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#size);
  }
}

/** Adds bytes to a list, joined to the last ones where both are neighbours in one chunk. */
export function appendAdjoining(list: Uint8Array[], bytes: Uint8Array): void {
  const last = list.at(-1);
  // First, and nearly always: Bun makes the buffer of a chunk only when it is asked for.
  if (last === undefined) return void list.push(bytes);
  const isNext = last.buffer === bytes.buffer && last.byteOffset + last.length === bytes.byteOffset;
  if (!isNext) return void list.push(bytes);
  list[list.length - 1] = new Uint8Array(last.buffer, last.byteOffset, last.length + bytes.length);
}
