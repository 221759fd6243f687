import { describe, expect, test } from "bun:test";
import { isObject, objectAt, parseJson, publicValue, saysSomething } from "./json.ts";

describe("isObject", () => {
  test.each([{}, { a: 1 }])("%j is a JSON object", (value) => {
    expect(isObject(value)).toBe(true);
  });

  test.each([null, undefined, [[]], [[{}]], "text", 1, true])("%j is no JSON object", (value) => {
    expect(isObject(value)).toBe(false);
  });
});

describe("objectAt", () => {
  test("the object under a key comes back itself", () => {
    const inner = { a: 1 };
    expect(objectAt({ inner }, "inner")).toBe(inner);
  });

  test.each([null, [[{}]], "text", 7])("%j under the key counts as an empty object", (inner) => {
    expect(objectAt({ inner }, "inner")).toEqual({});
  });

  test("a missing key counts as an empty object", () => {
    expect(objectAt({}, "inner")).toEqual({});
  });
});

describe("parseJson", () => {
  const texts: [text: string, value: unknown][] = [
    ['{"a":[1,null]}', { a: [1, null] }],
    [" [1] ", [1]],
    ["null", null],
    ["0", 0],
    ['"text"', "text"],
  ];
  test.each(texts)("%j is JSON", (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  test.each(["", " ", "{", '{"a":1', "[DONE]", "{'a':1}", "undefined", "{} {}"])(
    "%j is not JSON, and gives undefined",
    (text) => {
      expect(parseJson(text)).toBeUndefined();
    },
  );
});

describe("saysSomething", () => {
  test.each([
    [null],
    [undefined],
    [false],
    [0],
    [""],
    [{}],
    [[]],
    [{ a: null, b: { c: "" } }],
    [[null]],
  ])("%j says nothing", (value) => {
    expect(saysSomething(value)).toBe(false);
  });

  test.each([[true], [1], [" "], ["text"], [{ a: { b: 1 } }], [[null, "x"]]])(
    "%j says something",
    (value) => {
      expect(saysSomething(value)).toBe(true);
    },
  );
});

describe("publicValue", () => {
  test("no user_id is left at any depth, and everything else is, in its order", () => {
    const value = JSON.parse('{"b":[{"user_id":1,"a":[2]},3],"__proto__":{"user_id":4},"a":null}');
    const shown = JSON.stringify(publicValue(value));
    expect(shown).toBe('{"b":[{"a":[2]},3],"__proto__":{},"a":null}');
    expect(value).toHaveProperty(["b", 0, "user_id"], 1);
  });

  test("a value without one is given as it is", () => {
    const value = { a: [{ b: [1] }] };
    expect(publicValue(value)).toBe(value);
  });

  test("what is nested beyond all use becomes null, in no more time than its size takes", () => {
    const deep = JSON.parse(`${'{"user_id":1,"a":'.repeat(1000)}1${"}".repeat(1000)}`);
    const shown = JSON.stringify(publicValue(deep));
    expect(shown).toBe(`${'{"a":'.repeat(501)}null${"}".repeat(501)}`);
  });
});
