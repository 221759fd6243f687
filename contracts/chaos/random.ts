/** Choices that look random, and are the same for the same seed. */
export interface Random {
  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number;
  /** True so many times out of one. */
  chance(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
}

/** Creates choices for some whole numbers: a run's seed, say, and the number of an exchange. */
export function createRandom(...seeds: number[]): Random {
  let state = seeds.reduce((sum, seed) => scramble(sum ^ scramble(seed)), 0x9e3779b9);

  function fraction(): number {
    state = (state + 0x6d2b79f5) | 0;
    return (scramble(state) >>> 0) / 2 ** 32;
  }
  return {
    between: (least, most) => least + Math.floor(fraction() * (most - least + 1)),
    chance: (probability) => fraction() < probability,
    pick: (list) => list[Math.floor(fraction() * list.length)] ?? list[0],
  };
}

/** The finalizer of MurmurHash3: every bit of the number touches every bit of the result. */
function scramble(number: number): number {
  let mixed = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
