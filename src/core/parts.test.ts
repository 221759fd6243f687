import { describe, expect, test } from "bun:test";
import { Parts } from "./parts.ts";

describe("the parts of an answer", () => {
  test("are not finished while there are none", () => {
    expect(new Parts().areFinished).toBe(false);
  });

  test("are finished when each that began has finished", () => {
    const parts = new Parts();
    parts.open([0, 1], [0, 1]);
    expect(parts.areFinished).toBe(false);
    parts.finish([1], []);
    expect(parts.areFinished).toBe(false);
    parts.finish([0], []);
    expect(parts.areFinished).toBe(true);
  });

  test("stay so where an event is about one that has finished, and it says nothing", () => {
    const parts = new Parts();
    parts.finish([0], [0]);
    parts.open([0], []);
    expect(parts.areFinished).toBe(true);
  });

  test("are open again where one speaks behind its finish", () => {
    const parts = new Parts();
    parts.finish([0], [0]);
    parts.open([0], [0]);
    expect(parts.areFinished).toBe(false);
  });

  test("stay open where the second finish of one comes with new content", () => {
    const parts = new Parts();
    parts.finish([0], [0]);
    parts.open([0], [0]);
    parts.finish([0], [0]);
    expect(parts.areFinished).toBe(false);
    parts.finish([0], []);
    expect(parts.areFinished).toBe(true);
  });
});
