import { expect, test } from "bun:test";
import { privateBody } from "./private-body.ts";

const clean = (body: object) => JSON.parse(privateBody(JSON.stringify(body)));

test("the form stays, and no word of anybody's does", () => {
  const messages = [{ role: "user", content: [{ type: "text", text: "a secret" }] }];
  expect(clean({ model: "a/b", stream: true, messages, tools: [{ name: "x" }] })).toEqual({
    model: "a/b",
    stream: true,
    messages: [{ role: "user", content: [{ type: "text", text: "[left out]" }] }],
    tools: [{ name: "[left out]" }],
  });
});

test("inputs stay as many as they are, texts or tokens", () => {
  expect(clean({ input: ["a", "b"] })).toEqual({ input: ["[left out]", "[left out]"] });
  expect(clean({ input: [15, 16] })).toEqual({ input: [0, 0] });
});

test("what is nested without end, or no JSON object, is left out", () => {
  const deep = `${'{"a":'.repeat(50)}1${"}".repeat(50)}`;
  expect(privateBody(deep)).toContain("[left out]");
  expect(privateBody("not JSON: a secret")).toBe("");
});
