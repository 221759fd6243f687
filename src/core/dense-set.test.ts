import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DenseSet, type Placed } from "./dense-set.ts";

interface Member extends Placed {
  name: number;
}

function membersOf(set: DenseSet<Member>): number[] {
  return Array.from(set, ({ name }) => name).toSorted();
}

describe("DenseSet", () => {
  test("holds what a Set holds, whatever comes and goes", () => {
    const moves = fc.array(fc.tuple(fc.boolean(), fc.nat(7)), { maxLength: 60 });
    fc.assert(
      fc.property(moves, (all) => {
        const members = Array.from({ length: 8 }, (_, name): Member => ({ name, place: -1 }));
        const set = new DenseSet<Member>();
        const model = new Set<number>();
        for (const [comes, name] of all) {
          const member = members[name];
          if (member === undefined) continue;
          if (comes) set.add(member);
          else set.delete(member);
          if (comes) model.add(name);
          else model.delete(name);
          expect(set.size).toBe(model.size);
          expect(membersOf(set)).toEqual([...model].toSorted());
          expect(members.map((each) => set.has(each))).toEqual(
            members.map((each) => model.has(each.name)),
          );
        }
      }),
    );
  });

  test("one goes through those that were in at the beginning, although each takes itself out", () => {
    const set = new DenseSet<Member>();
    for (const name of [1, 2, 3]) set.add({ name, place: -1 });
    const met: number[] = [];
    for (const member of set) {
      met.push(member.name);
      set.delete(member);
    }
    expect(met).toEqual([1, 2, 3]);
    expect(set.size).toBe(0);
  });
});
