import { describe, expect, test } from "bun:test";
import { holdsContent, speaks, speaksInWords } from "./content.ts";

describe("a field that carries an answer", () => {
  test.each([
    [undefined],
    [null],
    [""],
    [false],
    [0],
    [[]],
    [{}],
    [[[], {}, [""]]],
    [{ type: "text", text: "" }],
    [{ name: "", arguments: "" }],
    [[{ type: "reasoning.text", text: "", signature: "", index: 0, format: "x", id: "rs_1" }]],
  ])("%j says nothing", (value) => {
    expect([speaks(value), speaksInWords(value), holdsContent(value)]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test.each([[" "], [{ text: "\n" }], [[{ type: "text", text: " " }]]])(
    "%j speaks, but not in words",
    (value) => {
      expect([speaks(value), speaksInWords(value), holdsContent(value)]).toEqual([
        true,
        false,
        false,
      ]);
    },
  );

  test.each([
    ["a"],
    [1],
    [true],
    [{ name: "f", arguments: "" }],
    [[{ type: "reasoning.text", text: "", signature: "EqQB" }]],
    [{ deep: [{ deeper: { text: "a" } }] }],
  ])("%j speaks in words", (value) => {
    expect([speaks(value), speaksInWords(value), holdsContent(value)]).toEqual([true, true, true]);
  });
});

test("what a failed answer says about itself is no content of it", () => {
  const about = { role: "assistant", finish_reason: "stop", native_finish_reason: "error" };
  const choice = { ...about, index: 1, status: "failed", object: "x", logprobs: [1], error: "Oh" };
  expect(holdsContent([choice])).toBe(false);
  expect(speaks([choice])).toBe(true);
  expect(holdsContent([{ ...choice, message: { role: "assistant", content: "Hi" } }])).toBe(true);
});
