import { describe, expect, test } from "bun:test";
import { gradeOf, worseWith } from "./judge.ts";
import type { Seen } from "./seen.ts";
import { type Situation, SITUATIONS } from "./situations.ts";

const DEFAULTS: Seen = {
  text: "",
  outcome: "error",
  class: "RateLimitError",
  status: 429,
  message: "Provider is rate-limited upstream, please try again shortly",
  crash: false,
  requests: 1,
  seconds: 0.1,
};

function seen(part: Partial<Seen>): Seen {
  return { ...DEFAULTS, ...part };
}

function situation(name: string): Situation {
  const found = SITUATIONS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no situation ${name}.`);
  return found;
}

describe("gradeOf", () => {
  test.each([
    ["an error of the client's own kind is right", "body-rate-limit", {}, "right"],
    ["an error without a status is right", "body-rate-limit", { status: undefined }, "right"],
    ["another status is not true", "body-rate-limit", { status: 500 }, "wrong status"],
    ["200 is the status of no failure", "cut", { status: 200 }, "wrong status"],
    ["a cut may have any status of an error", "cut", { status: 502 }, "right"],
    ["a parser's error is a crash", "cut", { crash: true }, "crash"],
    ["half an answer is no answer", "cut", { outcome: "answer" }, "silent success"],
    ["waiting for nothing is a hang", "silence", { outcome: "none" }, "hangs"],
    ["trying again is right", "true-internal", { outcome: "none", requests: 4 }, "right"],
    [
      "trying again is not right for 402",
      "true-no-credits",
      { outcome: "none", requests: 4 },
      "tries in vain",
    ],
    [
      "a good answer has its text",
      "plain",
      { outcome: "answer", text: "Hello from OpenRouter." },
      "right",
    ],
    ["a good answer without its text is lost", "plain", { outcome: "answer" }, "answer lost"],
    ["an error in place of a good answer loses it", "stream", {}, "answer lost"],
  ] as const)("%s", (_sentence, name, part, grade) => {
    expect(gradeOf(situation(name), seen(part))).toBe(grade);
  });
});

describe("worseWith", () => {
  test.each([
    ["the same is not worse", "body-rate-limit", {}, {}, undefined],
    ["an error in place of silence is not worse", "cut", { outcome: "answer" }, {}, undefined],
    [
      "silence in place of a crash is",
      "broken",
      { crash: true },
      { outcome: "answer" },
      "silent success, straight crash",
    ],
    [
      "a message without the cause is",
      "after-rate-limit",
      {},
      { message: "?" },
      "the cause is lost",
    ],
    [
      "an error without the text is",
      "after-rate-limit",
      { text: "Hello" },
      {},
      "the text before the failure is lost",
    ],
    [
      "an error without its status is",
      "true-rate-limit",
      {},
      { status: undefined },
      "the status is lost",
    ],
    [
      "a status where there was none is not",
      "after-rate-limit",
      { status: undefined },
      {},
      undefined,
    ],
    ["giving up what may help is", "true-rate-limit", { requests: 3 }, {}, "not tried again"],
    ["trying again what may help is not", "body-rate-limit", {}, { requests: 3 }, undefined],
    [
      "trying again what cannot help is",
      "true-no-credits",
      { status: 402 },
      { status: 402, requests: 3 },
      "3 requests, straight 1",
    ],
  ] as const)("%s", (_sentence, name, straight, candor, reason) => {
    const cause = situation(name).cause ?? "";
    const before = seen({ message: cause, ...straight });
    expect(worseWith(situation(name), before, seen({ message: cause, ...candor }))).toBe(reason);
  });

  test("trying in vain is not worse where the client does it at a true status too", () => {
    const daily = situation("body-daily-limit");
    const [straight, candor] = [seen({}), seen({ outcome: "none", requests: 3 })];
    expect(worseWith(daily, straight, candor)).toBe("tries in vain, straight right");
    expect(worseWith(daily, straight, candor, seen({ requests: 1 }))).toBeDefined();
    expect(worseWith(daily, straight, candor, seen({ requests: 3 }))).toBeUndefined();
  });
});
