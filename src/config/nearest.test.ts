import { expect, test } from "bun:test";
import { didYouMean, nearestTo } from "./nearest.ts";

const COMMANDS = ["serve", "simulate", "record", "grade", "explain", "config", "check"];

test.each([
  ["sevre", "serve"],
  ["serv", "serve"],
  ["recrod", "record"],
  ["explian", "explain"],
  ["sim", "simulate"],
  ["chekc", "check"],
])("%s means %s", (word, command) => {
  expect(nearestTo(word, COMMANDS)).toBe(command);
});

test.each(["", "start", "sk-or-key", "x"])("%p means none of them", (word) => {
  expect(nearestTo(word, COMMANDS)).toBeUndefined();
  expect(didYouMean(word, COMMANDS)).toBe("");
});

test("a suggestion is the end of a sentence", () => {
  expect(didYouMean("--prot", ["--port", "--host"])).toBe("; did you mean --port?");
});
