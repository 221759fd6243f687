import { expect, test } from "bun:test";
import { hasUsage, readFacts } from "./facts.ts";

const usage = { prompt_tokens: 1, completion_tokens: 2, cost: 0.5 };
const told = { promptTokens: 1, completionTokens: 2, cost: 0.5 };

test.each([
  [
    { id: "gen-1", provider: "Azure", usage },
    { generationId: "gen-1", provider: "Azure", ...told },
  ],
  [
    { type: "response.completed", response: { id: "resp_1", usage } },
    { generationId: "resp_1", ...told },
  ],
  [
    {
      type: "message_start",
      message: { id: "msg_1", usage: { input_tokens: 1, output_tokens: 2 } },
    },
    { generationId: "msg_1", promptTokens: 1, completionTokens: 2 },
  ],
  [
    { id: "gen-1", response: { id: "resp_1", provider: "x" } },
    { generationId: "gen-1", provider: "x" },
  ],
])("%j tells %j", (data, facts) => {
  expect(readFacts(data)).toEqual(facts);
});

test.each([
  {},
  { id: 7, provider: null, usage: null },
  { usage: { prompt_tokens: "1", completion_tokens: Number.POSITIVE_INFINITY, cost: null } },
  { response: "x", message: ["y"] },
])("%j tells nothing", (data) => {
  expect(readFacts(data)).toEqual({});
});

test("usage may stand in the event or in its response, and only as an object", () => {
  expect(hasUsage({ usage: {} })).toBe(true);
  expect(hasUsage({ response: { usage: {} } })).toBe(true);
  expect(hasUsage({ usage: null, response: { usage: 1 } })).toBe(false);
  expect(hasUsage({ message: { usage: {} } })).toBe(false);
});
