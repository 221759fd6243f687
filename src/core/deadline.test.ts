import { describe, expect, test } from "bun:test";
import { Deadline, TOO_LATE } from "./deadline.ts";

/** Waits until a deadline of its own has expired, `ms` from now. */
function passed(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  new Deadline().set(ms, resolve);
  return promise;
}

describe("Deadline", () => {
  test("a limit expires once, when its time has passed", async () => {
    const deadline = new Deadline();
    const startedAt = performance.now();
    const { promise, resolve } = Promise.withResolvers<number>();
    let expiries = 0;
    deadline.set(20, () => resolve(++expiries));
    await promise;
    // A timer may fire a fraction of a millisecond early.
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(19);
    await passed(30);
    expect(expiries).toBe(1);
  });

  test("a nearer limit replaces a farther one", async () => {
    const deadline = new Deadline();
    const expired: string[] = [];
    deadline.set(60_000, () => expired.push("far"));
    deadline.set(1, () => expired.push("near"));
    await passed(20);
    expect(expired).toEqual(["near"]);
  });

  test("a farther limit replaces a nearer one, and expires in its own time", async () => {
    const deadline = new Deadline();
    const expired: string[] = [];
    deadline.set(5, () => expired.push("near"));
    deadline.set(60, () => expired.push("far"));
    await passed(25);
    expect(expired).toEqual([]);
    await passed(60);
    expect(expired).toEqual(["far"]);
  });

  test("a limit that is cleared does not expire", async () => {
    const deadline = new Deadline();
    const expired: string[] = [];
    deadline.set(1, () => expired.push("cleared"));
    deadline.clear();
    await passed(20);
    expect(expired).toEqual([]);
  });

  test("a limit that is set after one was cleared expires in its own time", async () => {
    const deadline = new Deadline();
    const expired: string[] = [];
    deadline.set(10, () => expired.push("cleared"));
    deadline.clear();
    deadline.set(1, () => expired.push("nearer"));
    await passed(30);
    deadline.set(1, () => expired.push("later"));
    await passed(20);
    expect(expired).toEqual(["nearer", "later"]);
  });

  test("a limit can be set while another expires", async () => {
    const deadline = new Deadline();
    const { promise, resolve } = Promise.withResolvers<string>();
    deadline.set(1, () => deadline.set(1, () => resolve("the second")));
    expect(await promise).toBe("the second");
  });

  test("a limit of no time expires at once, but not before set returns", async () => {
    const deadline = new Deadline();
    const { promise, resolve } = Promise.withResolvers<string>();
    let order = "";
    deadline.set(0, () => resolve(`${order}, then expired`));
    order = "set";
    expect(await promise).toBe("set, then expired");
  });

  test("a wait gives what its promise gives, or throws what it throws", async () => {
    const deadline = new Deadline();
    expect(await deadline.wait(Promise.resolve("there"), 1000)).toBe("there");
    await expect(deadline.wait(Promise.reject(new Error("broken")), 1000)).rejects.toThrow(
      "broken",
    );
  });

  test("a wait that comes to its limit gives TOO_LATE, and its promise may still fail", async () => {
    const late = Promise.withResolvers<string>();
    expect(await new Deadline().wait(late.promise, 1)).toBe(TOO_LATE);
    late.reject(new Error("nobody waits for this any more"));
    await passed(1);
  });
});
