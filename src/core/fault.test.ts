import { describe, expect, test } from "bun:test";
import {
  cutFault,
  type Fault,
  findError,
  isBreak,
  isOwnFinding,
  type Rule,
  shutdownFault,
  silenceFault,
  silentFault,
} from "./fault.ts";
import { readClaim } from "./claim.ts";

describe("findError", () => {
  const said: [title: string, error: unknown][] = [
    ["an object with a message", { message: "x" }],
    ["an object with a code alone", { code: 429 }],
    ["an object with a null message and a type", { message: null, type: "x" }],
    ["a text", "Internal Server Error"],
    ["true", true],
    ["an array of errors", [{ message: "x" }]],
  ];
  test.each(said)("%s under `error` is an error", (_title, error) => {
    const fault = findError({ error }, "error-in-body");
    expect(fault).toMatchObject({ rule: "error-in-body", error, beside: {} });
  });

  test.each([
    [null],
    [false],
    [""],
    [{}],
    [[]],
    [0],
    [{ code: 0, message: "", type: "" }],
    [{ message: null }],
  ])("`error: %j` says nothing", (error) => {
    expect(findError({ error, choices: [] }, "error-in-body")).toBeUndefined();
  });

  test("an error counts even beside choices, which stay beside it", () => {
    const choices = [{ message: { content: "Hello" } }];
    const fault = findError({ id: "gen-1", error: { code: 502 }, choices }, "error-in-event");
    expect(fault?.error).toEqual({ code: 502 });
    expect(fault?.beside).toEqual({ id: "gen-1", choices });
    expect(fault?.rule).toBe("error-in-event");
  });

  test("the error in the first item of an array is found", () => {
    const fault = findError([{ error: { code: 400 }, a: 1 }], "error-in-body");
    expect(fault).toMatchObject({ error: { code: 400 }, beside: { a: 1 } });
  });

  test("the error in a later item of an array is not looked for", () => {
    expect(findError([{}, { error: { code: 400 } }], "error-in-body")).toBeUndefined();
  });

  test.each([400, 404, 429, 500, 524, 599])(
    "a bare message with the code %d is an error",
    (code) => {
      const bare = { message: "Rate limited", code };
      const fault = findError(bare, "error-in-body");
      expect(fault?.error).toEqual(bare);
      expect(fault?.beside).toEqual({});
    },
  );

  const healthy: [title: string, value: unknown][] = [
    ["a bare message with the code 399", { message: "x", code: 399 }],
    ["a bare message with the code 600", { message: "x", code: 600 }],
    ["a bare message with the code 200", { message: "x", code: 200 }],
    ["a bare message without a code", { message: "x" }],
    ["a bare message with a word for a code", { message: "x", code: "rate_limit_exceeded" }],
    ["a code without a message", { code: 500 }],
    ["a message and a code beside choices", { message: "x", code: 500, choices: [] }],
    ["a message and a code beside data", { message: "x", code: 500, data: [] }],
    ["a message and a code beside output", { message: "x", code: 500, output: [] }],
    ["an object without any of this", { id: "gen-1" }],
    ["an empty object", {}],
    ["an empty array", []],
    ["an array of texts", ["error"]],
    ["a text", "error"],
    ["null", null],
    ["undefined", undefined],
  ];
  test.each(healthy)("%s is no error", (_title, value) => {
    expect(findError(value, "error-in-body")).toBeUndefined();
  });
});

describe("faults that upstream did not put into words", () => {
  const faults: [title: string, fault: Fault, status: number][] = [
    ["a cut", cutFault(), 502],
    ["silence", silenceFault(240_000), 504],
    ["an empty body", silentFault("empty-body", "Upstream answered with an empty body."), 502],
  ];
  test.each(faults)("%s has a sentence and a status", (_title, fault, status) => {
    expect(fault.sentence).toMatch(/^[A-Z].*\.$/);
    expect(readClaim(200, fault).status).toBe(status);
  });

  test("silence names its length and its setting", () => {
    expect(silenceFault(240_000).sentence).toContain("240000 ms (STREAM_IDLE_TIMEOUT_MS)");
  });

  test("a shutdown has a code of its own", () => {
    expect(shutdownFault()).toMatchObject({
      rule: "shutdown",
      error: { code: "proxy_shutdown" },
    });
  });

  test("what stood beside the answer is kept", () => {
    const beside = { id: "gen-1" };
    expect(silentFault("no-answer", "Upstream answered without a message.", beside)).toEqual({
      rule: "no-answer",
      error: undefined,
      beside,
      sentence: "Upstream answered without a message.",
    });
  });
});

test.each<[rule: Rule, ends: "broken" | "clean", whose: "own" | "upstream's"]>([
  ["cut", "broken", "own"],
  ["malformed-event", "broken", "own"],
  ["silence", "broken", "own"],
  ["shutdown", "broken", "own"],
  ["upstream-timeout", "broken", "own"],
  // Open WebUI and SillyTavern lose the text, or hang, where this breaks off.
  ["ended-early", "clean", "own"],
  ["error-in-event", "clean", "upstream's"],
  ["error-in-choice", "clean", "upstream's"],
  ["failed-generation", "clean", "upstream's"],
])("%s leaves a stream %s, and is %s finding", (rule, ends, whose) => {
  const fault = silentFault(rule, "");
  expect(isBreak(fault)).toBe(ends === "broken");
  expect(isOwnFinding(fault)).toBe(whose === "own");
});
