import { expect, test } from "bun:test";
import type { Flavour } from "./error-form.ts";
import { tellLimit } from "./lasting-limit.ts";

const MESSAGE = "Rate limit exceeded: free-models-per-day";
const ERROR = {
  message: MESSAGE,
  type: "rate_limit_error",
  param: null,
  code: "rate_limit_exceeded",
};

const hide = (text: string) => text;

/** What a reader gets of a 429 that no try helps, unless said otherwise, and the fields beside it. */
function told(flavour: Flavour, fields: Record<string, string> = {}, message = MESSAGE) {
  const headers = new Headers({ "x-should-retry": "false", ...fields });
  const body = tellLimit({ error: { ...ERROR, message } }, { status: 429, headers, flavour, hide });
  return { ...body, shown: headers.get("x-codex-promo-message") };
}

test("Codex CLI reads a usage limit, with the message in the one field that it shows", () => {
  expect(told("codex")).toEqual({
    error: { ...ERROR, type: "usage_limit_reached" },
    shown: `Status 429: ${MESSAGE}`,
  });
});

test.each([
  ["seconds", "1790000000"],
  ["milliseconds", "1790000000999"],
])("Codex CLI reads when the limit is over, which upstream told in %s", (_, reset) => {
  expect(told("codex", { "x-ratelimit-reset": reset }).error["resets_at"]).toBe(1790000000);
});

test("a message that is no value of a field is shown without what it cannot hold", () => {
  expect(told("codex", {}, "a\r\nX-Evil: 1\u2026\0 b").shown).toBe("Status 429: a X-Evil: 1 b");
  expect(told("codex", {}, "a".repeat(300)).shown).toHaveLength(200);
});

test("a key that stands where the message is cut is hidden before", () => {
  const headers = new Headers({ "x-should-retry": "false" });
  const key = "made-up-key-of-a-test";
  const error = { ...ERROR, message: `${"a".repeat(175)}${key}` };
  const hideKey = (text: string) => text.replaceAll(key, "[key]");
  tellLimit({ error }, { status: 429, headers, flavour: "codex", hide: hideKey });
  expect(headers.get("x-codex-promo-message")).toEndWith("aa[key]");
});

test.each(["openai", "openrouter"] as const)("%s clients read the usual form", (flavour) => {
  expect(told(flavour)).toEqual({ error: ERROR, shown: null });
});

test("a limit that is over soon, and a failure of another kind, are told as always", () => {
  const body = { error: ERROR };
  const soon = new Headers({ "x-should-retry": "true", "retry-after": "2" });
  expect(tellLimit(body, { status: 429, headers: soon, flavour: "codex", hide })).toBe(body);
  const unpaid = new Headers({ "x-should-retry": "false" });
  expect(tellLimit(body, { status: 402, headers: unpaid, flavour: "codex", hide })).toBe(body);
});
