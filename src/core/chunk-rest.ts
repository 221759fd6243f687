/** The rest moves to a smaller buffer once it fills no more than one part in so many of its own. */
const SHARE_TO_MOVE = 2;

/**
 * What is left of a large chunk that is given out in slices, for as long as a client does not read:
 * copied to memory of its own, which is given back at once. A slice that is a view, or a rest that
 * waits for the garbage collector, would keep the whole chunk: with 200 clients that do not read,
 * hundreds of megabytes.
 */
export class ChunkRest {
  #own: Uint8Array<ArrayBuffer>;
  #start = 0;

  /** The bytes of `chunk` from `start` on. */
  constructor(chunk: Uint8Array, start: number) {
    // Not by `slice`: that of Node's `Buffer` is a view.
    this.#own = new Uint8Array(chunk.subarray(start));
  }

  /** How many bytes are left. */
  get size(): number {
    return this.#own.length - this.#start;
  }

  /** The next bytes, at most so many. */
  take(most: number): Uint8Array {
    const taken = this.#own.slice(this.#start, this.#start + most);
    this.#start += taken.length;
    if (this.#own.length >= SHARE_TO_MOVE * this.size) this.#move();
    return taken;
  }

  #move(): void {
    const { buffer } = this.#own;
    this.#own = this.#own.slice(this.#start);
    this.#start = 0;
    // Frees it now; not all runtimes have this (Node 20).
    buffer.transfer?.(0);
  }
}
