import { describe, expect, test } from "bun:test";
import { embeddings } from "./embeddings.ts";

describe("embeddings", () => {
  test.each([
    ["a text", { input: "Hi" }],
    ["several texts", { input: ["Hi", "Ho"], dimensions: null }],
    ["tokens", { input: [[1, 2]], model: "m" }],
    ["an image", { input: [{ content: [{ type: "image_url" }] }] }],
  ])("a request with %s passes", (_title, body) => {
    expect(embeddings.findRequestFlaw(body)).toBeUndefined();
  });

  test.each([
    ["without input", { model: "m" }, "input"],
    ["with null input", { input: null }, "input"],
    ["with a list of models", { input: "Hi", model: ["a"] }, "model"],
    ["that is an array", [], null],
  ])("a request %s is refused", (_title, body, param) => {
    expect(embeddings.findRequestFlaw(body)?.param).toBe(param);
  });

  test("there are no streams, so that any event has the wrong form", () => {
    expect(embeddings.wholeAt).toBe("never");
    expect(embeddings.readEvent({ data: [] }, false)).toMatchObject({ speaks: true });
  });

  test("an answer has at least one embedding", () => {
    const one = { data: [{ index: 0, embedding: [0.1] }] };
    expect(embeddings.findAnswerFault(one, {})).toBeUndefined();
    for (const data of [[], null, undefined, "x"]) {
      expect(embeddings.findAnswerFault({ data }, {})).toMatchObject({ rule: "no-answer" });
    }
  });
});
