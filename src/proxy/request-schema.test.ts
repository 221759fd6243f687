import { describe, expect, test } from "bun:test";
import { Type } from "@sinclair/typebox";
import { compileFlawFinder } from "./request-schema.ts";

const Schema = Type.Object(
  {
    messages: Type.Array(Type.Object({ role: Type.String() })),
    size: Type.Optional(Type.Number({ description: "a number of pixels" })),
    "a/b~c": Type.Optional(Type.String()),
  },
  { description: "a JSON object" },
);
const findFlaw = compileFlawFinder(Schema);

function flawOf(body: unknown) {
  const flaw = findFlaw(body);
  if (flaw === undefined) throw new Error("The body has no flaw.");
  return flaw;
}

describe("compileFlawFinder", () => {
  test("a body that fits has no flaw", () => {
    expect(findFlaw({ messages: [{ role: "user" }], more: 1 })).toBeUndefined();
  });

  const flaws: [title: string, body: unknown, param: string | null][] = [
    ["a missing field", {}, "messages"],
    ["a field of another type", { messages: "text" }, "messages"],
    ["an item of another type", { messages: ["text"] }, "messages[0]"],
    ["a field of an item", { messages: [{ role: "user" }, { role: 7 }] }, "messages[1].role"],
    ["a missing field of an item", { messages: [{}] }, "messages[0].role"],
    ["a name with escaped characters", { messages: [], "a/b~c": 7 }, "a/b~c"],
    ["a body that is no object", [], null],
    ["a body that is null", null, null],
  ];
  test.each(flaws)("%s is named the way a programmer writes it", (_title, body, param) => {
    expect(flawOf(body).param).toBe(param);
  });

  test("the message is one sentence, in which the description of the schema is what is right", () => {
    expect(flawOf({ messages: [], size: "big" }).message).toBe(
      "size has to be a number of pixels.",
    );
  });

  test("the message says of a field that is not there that it is required", () => {
    expect(flawOf({ messages: [{}] }).message).toBe("messages[0].role is required.");
  });

  test("the message speaks of the body where the whole of it is wrong", () => {
    expect(flawOf("text").message).toBe("The body has to be a JSON object.");
  });
});
