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

  test("takes out the key alone, wherever it is, and leaves JSON that can be read", () => {
    const around = fc.string({
      unit: fc.constantFrom("a", '"', "\\", "\n", "é", "s", "u0073", "/"),
    });
    const times = fc.integer({ min: 1, max: 3 });
    const takes = fc.property(around, around, times, (before, behind, depth) => {
      let text = JSON.stringify([before, `${before}"${KEY}"${behind}`, behind]);
      for (let level = 1; level < depth; level++) text = JSON.stringify(text);
      let shown: unknown = hide(text);
      for (let level = 0; level < depth; level++) shown = JSON.parse(String(shown));
      expect(shown).toHaveLength(3);
      expect(shown).toMatchObject({ 0: before, 2: behind });
      expect(JSON.stringify(shown)).toContain("[key]");
      expect(JSON.stringify(shown)).not.toContain("made");
    });
    fc.assert(takes, { numRuns: 500 });
  });

  test("takes time by the size of a text, not by what it holds", () => {
    for (const unit of ["\\", "\\\\s", "\\u0073", KEY.slice(0, -1), `\\${KEY}`]) {
      const text = unit.repeat(500_000 / unit.length);
      const before = process.cpuUsage();
      hide(text);
      // Ten times what it takes. By the square of the size, it would take minutes.
      expect(process.cpuUsage(before).user / 1000).toBeLessThan(1000);
    }
  });

  test("leaves every other text as it is", () => {
    // Any code units. The library's `unit: "binary"` takes four seconds to begin with.
    const texts = fc.array(fc.integer({ min: 0, max: 0xffff }));
    const leaves = fc.property(texts, (codes) => {
      const text = String.fromCharCode(...codes);
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
