import { describe, expect, test } from "bun:test";
import { upstreamMessage } from "./error-message.ts";

/** The words in an error, and in what stood beside it. */
const wordsOf = (error: unknown, beside = {}) =>
  upstreamMessage({ rule: "error-status", error, beside, sentence: "" });

describe("upstream's words for a failure stand", () => {
  test.each<[where: string, error: unknown, words: string]>([
    ["in place of the error", "Slow down", "Slow down"],
    ["in place of the error, as a list", ["Slow", "down"], '["Slow","down"]'],
    ["in its message", { message: "Slow down", detail: "x", title: "y" }, "Slow down"],
    ["in a message that is no text", { message: { en: "Slow down" } }, '{"en":"Slow down"}'],
    ["in its detail", { message: "", detail: "Slow down", title: 7 }, "Slow down"],
    ["in RFC 9457's title and detail", { title: "Oh", detail: "Slow down" }, "Oh: Slow down"],
    [
      "in FastAPI's list",
      { detail: [{ loc: ["body", "model"], msg: "field required" }] },
      "body.model: field required",
    ],
    [
      "in a list with a place that has no text",
      { detail: [{ loc: [{ toString: 1 }, "body", 0], msg: "field required" }] },
      "body.0: field required",
    ],
    ["in a list without places", { detail: [{ msg: "field required" }] }, "field required"],
    ["in a list of something else", { detail: [1] }, "[1]"],
    ["in JSON:API's errors", { errors: [{ message: "Slow down" }] }, "Slow down"],
    ["in a list of texts", { errors: ["Slow down"] }, "Slow down"],
    ["in OAuth's description", { error_description: "Slow down", msg: "x" }, "Slow down"],
    ["in msg", { msg: "Slow down", title: "x" }, "Slow down"],
    ["in a title alone", { title: "Slow down" }, "Slow down"],
    ["in metadata.raw, last", { metadata: { raw: "Slow down" } }, "Slow down"],
  ])("%s", (_where, error, words) => {
    expect(wordsOf(error)).toBe(words);
  });

  test("beside the error, where it holds none itself", () => {
    expect(wordsOf({ code: 429 }, { message: "Slow down" })).toBe("Slow down");
    expect(wordsOf(true, { message: "Slow down" })).toBe("Slow down");
    expect(wordsOf(undefined, { metadata: { raw: "Slow down" } })).toBe("Slow down");
    expect(wordsOf({ message: "Slow down" }, { message: "x" })).toBe("Slow down");
  });
});

test.each([
  [undefined, {}],
  [{}, {}],
  [{ message: " \n", detail: null, errors: [] }, { message: "" }],
  [{ metadata: { raw: { nested: "words" } } }, {}],
  ["", {}],
])("%j beside %j says nothing", (error, beside) => {
  expect(wordsOf(error, beside)).toBeUndefined();
});

test("the owner of the key is left out of words that are no text", () => {
  expect(wordsOf({ message: { user_id: "user_1", en: "No" } })).toBe('{"en":"No"}');
});

test("words without end are cut, as a text and as JSON", () => {
  const endless = "a".repeat(2 ** 20 + 1);
  expect(wordsOf({ message: endless })).toBe(endless.slice(1));
  expect(wordsOf({ message: [endless] })).toHaveLength(2 ** 20);
});
