/** What can be in one `DenseSet` at a time, and keeps its own place there. */
export interface Placed {
  /** Where it stands; -1 while it is in none. Only the set writes it. */
  place: number;
}

/**
 * A set whose members come and go by the thousand a second. It is an array, in which the last one
 * takes the place of one that leaves. A `Set` often outgrows its table, and where one that was
 * outgrown is old, it keeps the next alive, and so on, with all that were in them, until the next
 * full garbage collection (measured: a quarter of all memory that a plain request took).
 */
export class DenseSet<Member extends Placed> implements Iterable<Member> {
  readonly #members: Member[] = [];

  get size(): number {
    return this.#members.length;
  }

  has(member: Member): boolean {
    return this.#members[member.place] === member;
  }

  /** Puts a member in; one that is in stays where it is. */
  add(member: Member): void {
    if (this.has(member)) return;
    member.place = this.#members.push(member) - 1;
  }

  /** Takes a member out, if it is in. */
  delete(member: Member): void {
    if (!this.has(member)) return;
    const last = this.#members.pop();
    if (last !== undefined && last !== member) {
      last.place = member.place;
      this.#members[last.place] = last;
    }
    member.place = -1;
  }

  /** Those that are in now: while one goes through them, members may come and go. */
  [Symbol.iterator](): Iterator<Member> {
    return this.#members.slice().values();
  }
}
