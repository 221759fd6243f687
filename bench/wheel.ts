/** Items that all have their turn once in every round, a few at a time. */
export interface Wheel<T> {
  /** Adds an item, whose first turn is one whole round away. */
  add(item: T): void;
  /** Adds an item wherever the fewest were added before it. */
  addEvenly(item: T): void;
  remove(item: T): void;
  /** Takes all items off. */
  empty(): T[];
  size(): number;
}

/** Creates a wheel with so many slots, of which one has its turn every so many milliseconds. */
export function createWheel<T>(
  slots: number,
  slotMs: number,
  takeTurn: (item: T) => void,
): Wheel<T> {
  const all = Array.from({ length: slots }, () => new Set<T>());
  let turn = 0;
  let added = 0;
  setInterval(() => {
    turn = (turn + 1) % slots;
    for (const item of all[turn] ?? []) takeTurn(item);
  }, slotMs);
  return {
    add: (item) => void all[turn]?.add(item),
    addEvenly: (item) => void all[added++ % slots]?.add(item),
    remove: (item) => void all.find((slot) => slot.delete(item)),
    empty() {
      const items = all.flatMap((slot) => [...slot]);
      for (const slot of all) slot.clear();
      return items;
    },
    size: () => all.reduce((sum, slot) => sum + slot.size, 0),
  };
}
