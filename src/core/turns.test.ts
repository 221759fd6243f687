import { beforeEach, describe, expect, test } from "bun:test";
import { setImmediate } from "node:timers/promises";
import { inTurn, TURN_BYTES, turnFor } from "./turns.ts";

/** The work of the test before is out of the way. */
beforeEach(async () => {
  await turnFor(TURN_BYTES);
  await setImmediate();
});

describe("turnFor", () => {
  test("work that has room in this turn begins at once", () => {
    expect(turnFor(TURN_BYTES / 2)).toBeUndefined();
    expect(turnFor(TURN_BYTES / 2)).toBeUndefined();
    expect(turnFor(TURN_BYTES / 2)).toBeInstanceOf(Promise);
  });

  test("a few bytes never wait", () => {
    expect(turnFor(TURN_BYTES)).toBeUndefined();
    expect(turnFor(2047)).toBeUndefined();
    expect(turnFor(2048)).toBeInstanceOf(Promise);
  });

  test("what waits begins in order, as much in a turn as has room there", async () => {
    const begun: string[] = [];
    expect(turnFor(TURN_BYTES)).toBeUndefined();
    const works = Object.entries({ a: 0.6, b: 0.6, c: 0.4, d: 3, e: 0.1 });
    for (const [name, share] of works) {
      void turnFor(share * TURN_BYTES)?.then(() => begun.push(name));
    }
    const turns: string[] = [];
    while (begun.length < works.length) {
      const before = begun.length;
      await setImmediate();
      turns.push(begun.slice(before).join(""));
    }
    expect(turns.filter((names) => names !== "")).toEqual(["a", "bc", "d", "e"]);
  });

  test("what waits in the event loop comes before work that waits for its turn", async () => {
    const order: string[] = [];
    expect(turnFor(TURN_BYTES)).toBeUndefined();
    const immediate = setImmediate().then(() => order.push("another client"));
    const works = [1, 2].map(() => turnFor(TURN_BYTES)?.then(() => order.push("work")));
    await Promise.all([immediate, ...works]);
    expect(order.indexOf("another client")).toBeLessThan(2);
    expect(order.at(-1)).toBe("work");
  });
});

describe("inTurn", () => {
  test("small work is done at once, and large work in a turn of its own", async () => {
    for (const _ of "many") expect(inTurn(TURN_BYTES - 1, () => "small")).toBe("small");
    const large = [1, 2].map((n) => inTurn(TURN_BYTES, () => n));
    expect(large.map(Bun.peek.status)).toEqual(["pending", "pending"]);
    expect(await Promise.race(large)).toBe(1);
    expect(Bun.peek.status(large[1])).toBe("pending");
    expect(await large[1]).toBe(2);
  });
});
