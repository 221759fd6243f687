import { expect, test } from "bun:test";
import { createRedaction } from "./redaction.ts";

test("a key goes as it is, and as JSON and URLs write it", () => {
  const redact = createRedaction(["key/with#odd+signs"]);
  const written = `key/with#odd+signs ${encodeURIComponent("key/with#odd+signs")} key\\/with#odd+signs`;
  expect(redact(written)).toBe("[key] [key] [key]");
});

test("where one key begins another, nothing of the longer one is left", () => {
  expect(createRedaction(["long-key", "long-key-and-more"])("long-key-and-more")).toBe("[key]");
});

test("what looks like anybody's key or account goes too, a short key stays a word", () => {
  const redact = createRedaction(["test"]);
  expect(redact(`test ${"sk-"}proj-abcdefgh user_2abcdefghij`)).toBe("test [key] [key]");
});

test("a key goes whole, though what stands before it makes the two look like another", () => {
  const redact = createRedaction(["proxy-key.ABCDEFGH"]);
  expect(redact("desk-12345678proxy-key.ABCDEFGH")).toBe("de[key][key]");
});
