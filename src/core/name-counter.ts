/** How many bits there are for names; several that share one count as one. */
const BITS = 20;

/** Counts how many names differ, in little memory and for that a few too low. */
export class NameCounter {
  readonly #seen = new Uint32Array(2 ** (BITS - 5));
  #differing = 0;

  /** Takes the name that stands between two places of a text, and gives how many have differed. */
  count(text: string, start: number, end: number): number {
    let hash = 0;
    for (let index = start; index < end; index++) {
      hash = (Math.imul(hash, 16_777_619) ^ text.charCodeAt(index)) >>> 0;
    }
    // The upper bits of a product depend on all characters.
    const bit = Math.imul(hash, 0x9e37_79b1) >>> (32 - BITS);
    const word = this.#seen[bit >>> 5] ?? 0;
    const mark = 1 << (bit & 31);
    if ((word & mark) === 0) {
      this.#seen[bit >>> 5] = word | mark;
      this.#differing += 1;
    }
    return this.#differing;
  }
}
