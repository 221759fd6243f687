import { expect, test } from "bun:test";
import { printable } from "./printable.ts";

test.each([
  { what: "a line feed", text: "\n", escaped: "\\u000a" },
  { what: "an escape sequence", text: "\u001b[2J", escaped: "\\u001b[2J" },
  { what: "a C1 control character", text: "\u009b", escaped: "\\u009b" },
  { what: "a line separator", text: "\u2028", escaped: "\\u2028" },
  { what: "a right-to-left override", text: "\u202e", escaped: "\\u202e" },
  { what: "an isolate", text: "\u2066", escaped: "\\u2066" },
])("$what is shown, and does nothing", ({ text, escaped }) => {
  expect(printable(`a${text}b`)).toBe(`a${escaped}b`);
});

test("text in any script stays as it is", () => {
  expect(printable("模型 модель نموذج 🙂")).toBe("模型 модель نموذج 🙂");
});

test("a JSON text that was made printable holds the same values", () => {
  const value = { model: "a\u202eb\u0085\u2028" };
  expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(value);
});
