import { expect, test } from "bun:test";
import { printable, printableLine } from "./printable.ts";

test.each([
  ["an escape sequence", "\u001b[31m", "\\u001b[31m"],
  ["a C1 control", "\u009b31m", "\\u009b31m"],
  ["a carriage return that overwrites a line", "good\rbad", "good\\u000dbad"],
  ["a line separator", "a\u2028b\u2029", "a\\u2028b\\u2029"],
  [
    "a change of direction",
    "\u202eabc\u202c\u2066\u2069\u200f",
    "\\u202eabc\\u202c\\u2066\\u2069\\u200f",
  ],
  ["half a character", "a\ud800b", "a\\ud800b"],
  ["what XML cannot hold", "\u0000\uffff", "\\u0000\\uffff"],
])("%s is escaped", (_title, text, expected) => {
  expect(printable(text)).toBe(expected);
});

test("text of any language, with tabs and line ends, stays as it is", () => {
  const text = "a\tb\nGrüße, שלום, 你好 👩‍👩‍👧";
  expect(printable(text)).toBe(text);
  expect(printable("a\r\nb")).toBe("a\nb");
});

test("what has to stay on one line does", () => {
  expect(printableLine("a\nb\tc")).toBe("a\\nb\\tc");
});

test("JSON stays JSON, and says the same", () => {
  const value = { message: "\u009b31m\u2028\u202e\u0007", list: ["\ud83d\ude00"] };
  const text = printable(JSON.stringify(value, null, 2));
  expect(JSON.parse(text)).toEqual(value);
  expect(text).not.toContain("\u009b");
});
