import { describe, expect, test } from "bun:test";
import { Likeness } from "./likeness.ts";

const chatEvent = (text: string, more = "") =>
  `data: {"created":17,"choices":[{"delta":{"content":"${text}"},"finish_reason":null}]${more}}\n\n`;

const responseEvent = (number: number, text: string) =>
  `event: x\ndata: {"sequence_number":${number},"delta":"${text}","obfuscation":"${text}"}\n\n`;
const otherFields = (text: string) => `data: {"a":"${text}","my content":"${text}"}\n\n`;
const quoted = (text: string) => `data: {"content":"\\"content\\":\\"${text}"}\n\n`;

/** Whether an event is known where another was read. */
function knows(read: string, next: string): boolean {
  const likeness = new Likeness();
  likeness.learn(read);
  return likeness.knows(next);
}

describe("Likeness", () => {
  test.each([
    ["another word", " there"],
    ["letters beyond ASCII", "你好 \u{1f600}"],
    ["an escaped quote", 'a \\"b\\"'],
    ["other escapes", "\\n\\\\\\/\\u00e9"],
    ["white space", " "],
  ])("knows an event whose text is %s", (_title, text) => {
    expect(knows(chatEvent("Hi"), chatEvent(text))).toBe(true);
  });

  test.each([
    ["empty", ""],
    ["ended by a quote of its own", 'a"b'],
    ["ended by a backslash", "a\\"],
    ["no JSON: an escape of no kind", "\\x"],
    ["no JSON: half an escape", "\\u12"],
    ["no JSON: a tab", "\t"],
    ["of two lines", "a\ndata: b"],
    ["followed by a field", 'a","error":"b'],
  ])("knows no event whose text is %s", (_title, text) => {
    expect(knows(chatEvent("Hi"), chatEvent(text))).toBe(false);
  });

  test.each([
    ["another field", chatEvent("Hi", ',"usage":{}')],
    ["less of it", chatEvent("Hi").slice(0, -3)],
    ["more behind it", `${chatEvent("Hi")}\n`],
    ["another finish", chatEvent("Hi").replace("null", '"stop"')],
    ["no number", chatEvent("Hi").replace("17", "")],
    ["a text in place of a number", chatEvent("Hi").replace("17", '"17"')],
    ["nothing", ""],
  ])("knows no event that has %s", (_title, event) => {
    expect(knows(chatEvent("Hi"), event)).toBe(false);
  });

  test("knows an event with other numbers that count, in each text and in each line of it", () => {
    expect(knows(responseEvent(9, "a"), responseEvent(10, "bc"))).toBe(true);
    expect(
      knows(responseEvent(9, "a"), responseEvent(10, "bc").replace("event: x", "event: y")),
    ).toBe(false);
  });

  test("does not take the end of a name for a name, nor a text for a field", () => {
    expect(knows(otherFields("x"), otherFields("x"))).toBe(true);
    expect(knows(otherFields("x"), otherFields("y"))).toBe(false);
    expect(knows(quoted("x"), quoted("y"))).toBe(true);
  });

  test("knows nothing before it has learnt, nor when it has forgotten", () => {
    const likeness = new Likeness();
    expect(likeness.knows("")).toBe(false);
    likeness.learn(chatEvent("Hi"));
    likeness.forget();
    expect(likeness.knows(chatEvent("Hi"))).toBe(false);
  });

  test("leaves large events alone", () => {
    const long = "a".repeat(10_000);
    expect(knows(chatEvent("Hi"), chatEvent(long))).toBe(false);
    expect(knows(chatEvent(long), chatEvent("Hi"))).toBe(false);
  });

  test("where no event is like the one before, it keeps only some of them in mind", () => {
    const likeness = new Likeness();
    const learnt = Array.from({ length: 100 }, (_, number) => {
      likeness.learn(`data: ${number}\n\n`);
      // Never asked for the same one: that would be a success.
      return likeness.knows(`data: ${number}.0\n\n`);
    });
    expect(learnt).not.toContain(true);
    likeness.learn(chatEvent("Hi"));
    expect(likeness.knows(chatEvent("Hi"))).toBe(false);
    for (let number = 102; number <= 112; number++) likeness.learn(chatEvent("Hi"));
    expect(likeness.knows(chatEvent("Hi"))).toBe(true);
    likeness.learn(chatEvent("Ho"));
    expect(likeness.knows(chatEvent("Hi"))).toBe(true);
  });
});
