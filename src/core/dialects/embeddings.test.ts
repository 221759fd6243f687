import { describe, expect, test } from "bun:test";
import { embeddings } from "./embeddings.ts";

describe("embeddings", () => {
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
