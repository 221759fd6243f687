/** The candidate that a mistyped word most probably means; undefined where none is near. */
export function nearestTo(word: string, candidates: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const isBeginning = word.length >= 3 && candidate.startsWith(word);
    const distance = isBeginning ? 1 : distanceBetween(word, candidate);
    if (distance < least) [nearest, least] = [candidate, distance];
  }
  return nearest;
}

/** `; did you mean X?`, or nothing where no candidate is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const nearest = nearestTo(word, candidates);
  return nearest === undefined ? "" : `; did you mean ${nearest}?`;
}

/** How many letters have to be added, left out, replaced, or swapped with the next one. */
function distanceBetween(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at += 1) {
    const next = [at];
    for (let to = 1; to <= other.length; to += 1) {
      const cost = one[at - 1] === other[to - 1] ? 0 : 1;
      const isSwap =
        at > 1 && to > 1 && one[at - 1] === other[to - 2] && one[at - 2] === other[to - 1];
      const swapped = isSwap ? (before[to - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      const [left = 0, above = 0, diagonal = 0] = [next[to - 1], row[to], row[to - 1]];
      next.push(Math.min(left + 1, above + 1, diagonal + cost, swapped));
    }
    [before, row] = [row, next];
  }
  return row[other.length] ?? 0;
}
