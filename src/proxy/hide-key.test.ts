import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createHide } from "./hide-key.ts";

const KEY = "sk-or-v1/made.up+KEY";
const hide = createHide(KEY);

describe("createHide", () => {
  test.each([
    ["as it is", KEY],
    ["in JSON", JSON.stringify({ a: KEY })],
    ["in JSON within JSON within JSON", JSON.stringify(JSON.stringify(JSON.stringify([KEY])))],
    ["with escaped slashes", KEY.replaceAll("/", "\\/")],
    ["in hexadecimal escapes", KEY.replace(/./g, escaped)],
    ["in hexadecimal escapes within JSON", JSON.stringify(KEY.replace(/./g, escaped))],
    ["twice", KEY + KEY],
  ])("finds the key %s", (_how, text) => {
    const hidden = hide(`before ${text} after`);
    expect(hidden).toContain("[key]");
    expect(hidden).toMatch(/^before .* after$/);
    expect(hidden).not.toMatch(/made|KEY|\\u/);
  });

  test("finds the key with any of its characters escaped", () => {
    const choices = fc.array(fc.boolean(), { minLength: KEY.length, maxLength: KEY.length });
    const finds = fc.property(choices, (isEscaped) => {
      const text = [...KEY].map((one, index) => (isEscaped[index] ? escaped(one) : one)).join("");
      expect(hide(text)).toBe("[key]");
    });
    fc.assert(finds);
  });

  test("leaves every other text as it is", () => {
    const leaves = fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(hide(text)).toBe(text);
    });
    fc.assert(leaves);
  });

  test("leaves a key that is too short for one: it may be a word", () => {
    const text = '{"error":{"message":"The test failed."}}';
    expect(createHide("test")(text)).toBe(text);
    expect(createHide(undefined)(text)).toBe(text);
  });
});

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
