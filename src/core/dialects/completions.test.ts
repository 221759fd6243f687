import { describe, expect, test } from "bun:test";
import { completions } from "./completions.ts";

const answer = (choice: object) => ({ choices: [{ index: 0, ...choice }] });

describe("completions", () => {
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
