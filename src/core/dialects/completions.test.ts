import { describe, expect, test } from "bun:test";
import { completions } from "./completions.ts";

const answer = (choice: object) => ({ choices: [{ index: 0, ...choice }] });

describe("completions", () => {
  test.each([
    ["a prompt", { prompt: "Once" }],
    ["several prompts", { prompt: ["Once", "Twice"] }],
    ["tokens", { prompt: [1, 2, 3], max_tokens: null }],
  ])("a request with %s passes", (_title, body) => {
    expect(completions.findRequestFlaw(body)).toBeUndefined();
  });

  test.each([
    ["without a prompt", { model: "m" }, "prompt"],
    ["with a number as prompt", { prompt: 7 }, "prompt"],
    ["with a text as temperature", { prompt: "Once", temperature: "hot" }, "temperature"],
    ["that is no object", "Once", null],
  ])("a request %s is refused", (_title, body, param) => {
    expect(completions.findRequestFlaw(body)?.param).toBe(param);
  });

  test("an answer has text, or a finish reason", () => {
    const request = { prompt: "Once" };
    const good = [answer({ text: "upon" }), answer({ text: "", finish_reason: "length" })];
    for (const one of good) expect(completions.findAnswerFault(one, request)).toBeUndefined();
    const bad = [{}, { choices: [] }, answer({}), answer({ text: "" })];
    for (const one of bad) expect(completions.findAnswerFault(one, request)).toBeDefined();
  });

  test("a piece of text decides a stream", () => {
    const event = { choices: [{ index: 0, text: "upon", finish_reason: null }] };
    expect(completions.readEvent(event, false)).toMatchObject({ speaks: true, continues: [0] });
  });
});
