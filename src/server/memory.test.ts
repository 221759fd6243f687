import { expect, test } from "bun:test";
import { totalmem } from "node:os";
import { createMemory, defaultMemoryLimitMb } from "./memory.ts";

const MB = 2 ** 20;

test("the default limit is three quarters of what there is", () => {
  expect(defaultMemoryLimitMb(512 * MB)).toBe(384);
  expect(defaultMemoryLimitMb()).toBeLessThan(totalmem() / MB);
});

/** A process whose memory and clock the test sets. */
function madeUp() {
  const source = {
    time: 0,
    bytes: 0,
    garbage: 0,
    measured: 0,
    collected: 0,
    now: () => source.time,
    measure() {
      source.measured += 1;
      return source.bytes + source.garbage;
    },
    collect() {
      source.collected += 1;
      source.garbage = 0;
    },
  };
  return source;
}

test("the memory is measured a few times a second at most", () => {
  const source = madeUp();
  const memory = createMemory(100, source);
  for (; source.time < 1000; source.time += 1) memory.usedMb(false);
  expect(source.measured).toBe(4);
});

test("the memory is measured at once where it has to be known", () => {
  const source = madeUp();
  const memory = createMemory(100, source);
  expect(memory.usedMb(false)).toBe(0);
  source.bytes = 60 * MB;
  expect([memory.usedMb(false), memory.usedMb(true)]).toEqual([0, 60]);
});

test("beyond the limit garbage is collected, now and then", () => {
  const source = madeUp();
  const memory = createMemory(100, source);
  source.bytes = 60 * MB;
  source.garbage = 50 * MB;
  expect(memory.usedMb(false)).toBe(60);
  expect(source.collected).toBe(1);
  source.bytes = 120 * MB;
  for (; source.time < 10_000; source.time += 100) memory.usedMb(false);
  expect(memory.usedMb(false)).toBe(120);
  expect(source.collected).toBeLessThanOrEqual(6);
});

test("below the limit garbage is left to the runtime", () => {
  const source = madeUp();
  const memory = createMemory(100, source);
  source.garbage = 90 * MB;
  expect(memory.usedMb(false)).toBe(90);
  expect(source.collected).toBe(0);
});
