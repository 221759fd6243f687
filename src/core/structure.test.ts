import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { DEFAULT_STRUCTURE, hasTooMuchStructure } from "./structure.ts";

/** The depth and the number of arrays and objects of a value, counted on the value itself. */
function measure(value: unknown): { depth: number; containers: number } {
  if (typeof value !== "object" || value === null) return { depth: 0, containers: 0 };
  const inner = Object.values(value).map(measure);
  return {
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
    containers: 1 + inner.reduce((sum, { containers }) => sum + containers, 0),
  };
}

/** A JSON text of so many values. */
function many(count: number, unit: (index: number) => string): string {
  return `[${Array.from({ length: count }, (_, index) => unit(index)).join()}]`;
}

describe("hasTooMuchStructure", () => {
  test("a text is refused exactly where its value goes beyond a limit", () => {
    const limit = fc.integer({ min: 1, max: 6 });
    const agrees = fc.property(fc.jsonValue(), limit, limit, (value, maxDepth, maxContainers) => {
      const { depth, containers } = measure(value);
      const isTooMuch = depth > maxDepth || containers > maxContainers;
      const text = JSON.stringify(value, undefined, 1);
      expect(hasTooMuchStructure(text, { maxDepth, maxContainers })).toBe(isTooMuch);
    });
    fc.assert(agrees, { numRuns: 2000 });
  });

  test.each([
    ['"[[[["', false],
    ['"\\"[[[["', false],
    ['"\\\\"[[[[', true],
    ['{"a":"\\\\\\"]","b":[[[1]]]}', true],
    ["[[[", true],
    ['"[[', false],
  ])("brackets count outside of texts only: %j", (text, isTooMuch) => {
    expect(hasTooMuchStructure(text, { maxDepth: 2, maxContainers: 100 })).toBe(isTooMuch);
  });

  test.each([
    ["a hundred thousand names that differ", 110_000, (index: number) => `{"name${index}":1}`],
    ["names before white space", 110_000, (index: number) => `{"name${index}" \n:1}`],
    ["a million texts", 1_000_001, () => '"a"'],
    ["eight million numbers", 8_000_002, () => "1"],
  ])("more than %s are too much", (_title, count, unit) => {
    expect(hasTooMuchStructure(many(count, unit), DEFAULT_STRUCTURE)).toBe(true);
  });

  test.each([
    ["a long answer's log probabilities", 150_000, () => '{"token":"a","logprob":-0.5}'],
    ["thousands of embeddings", 6_000_000, () => "0.1"],
    ["names within texts", 200_000, (index: number) => `"\\"name${index}\\":"`],
  ])("%s are not", (_title, count, unit) => {
    expect(hasTooMuchStructure(many(count, unit), DEFAULT_STRUCTURE)).toBe(false);
  });

  test("the time that it takes grows with the size, and no faster", () => {
    const limits = { maxDepth: 500, maxContainers: 1_000_000 };
    for (const unit of ['"\\"",', "1,", '"\\\\\\\\",', "[],", '{"a":1},']) {
      const timeOf = (size: number) => {
        const text = `[${unit.repeat(size / unit.length)}`;
        const before = process.cpuUsage();
        hasTooMuchStructure(text, limits);
        return process.cpuUsage(before).user / 1000;
      };
      timeOf(1e6);
      const [small, large] = [1e6, 4e6].map((size) =>
        Math.min(...Array.from({ length: 5 }, () => timeOf(size))),
      );
      expect(large).toBeLessThan(12 * Math.max(small ?? 0, 3));
    }
    // Seconds of work on a busy machine: it is the growth that counts.
  }, 60_000);
});
