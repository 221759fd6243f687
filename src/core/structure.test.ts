import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { hasTooMuchStructure } from "./structure.ts";

/** The depth and the number of arrays and objects of a value, counted on the value itself. */
function measure(value: unknown): { depth: number; containers: number } {
  if (typeof value !== "object" || value === null) return { depth: 0, containers: 0 };
  const inner = Object.values(value).map(measure);
  return {
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
    containers: 1 + inner.reduce((sum, { containers }) => sum + containers, 0),
  };
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

  test("the time that it takes grows with the size, and no faster", () => {
    const limits = { maxDepth: 500, maxContainers: 1_000_000 };
    for (const unit of ['"\\"",', "1,", '"\\\\\\\\",', "[],"]) {
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
      expect(large).toBeLessThan(12 * Math.max(small ?? 0, 1));
    }
  });
});
