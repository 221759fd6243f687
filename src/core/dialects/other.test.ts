import { describe, expect, test } from "bun:test";
import { other } from "./other.ts";

const chunk = (choice: object) => ({
  object: "chat.completion.chunk",
  choices: [{ index: 0, ...choice }],
});

describe("other", () => {
  test.each([
    ["data", { type: "speech.audio.delta", audio: "SUQz" }],
    ["nothing", {}],
    ["choices that are no chat's", { choices: [{ index: 0, url: "https://example.com" }] }],
  ])("an event with %s is part of an answer", (_title, data) => {
    expect(other.readEvent(data, false)).toMatchObject({ fault: undefined, speaks: true });
  });

  test("an event of a chat says what it says in a chat", () => {
    const role = chunk({ delta: { role: "assistant" } });
    const text = chunk({ delta: { content: "Hi" } });
    const end = chunk({ delta: {}, finish_reason: "stop" });
    const failure = chunk({ delta: {}, finish_reason: "error" });
    expect(other.readEvent(role, false)).toMatchObject({ speaks: false, continues: [0] });
    expect(other.readEvent(text, false)).toMatchObject({ speaks: true });
    expect(other.readEvent(end, true)).toMatchObject({ finishes: [0] });
    expect(other.readEvent(failure, true).fault).toMatchObject({ rule: "error-in-choice" });
  });

  test.each([
    ["a list", { data: [] }],
    ["a generation that failed", { data: { finish_reason: "error" } }],
    ["choices that are no chat's", { choices: [{ url: "https://example.com" }] }],
    ["nothing", {}],
  ])("an answer with %s is good", (_title, answer) => {
    expect(other.findAnswerFault(answer, {})).toBeUndefined();
  });

  test("a choice that reports an error is a failure in any answer, and in any event", () => {
    const choices = [{ error: { code: 503 } }];
    expect(other.findAnswerFault({ choices }, {})).toMatchObject({ rule: "error-in-choice" });
    expect(other.readEvent({ choices }, true).fault).toMatchObject({ rule: "error-in-choice" });
  });

  test("an answer that calls itself a chat's is judged as one", () => {
    const answer = { object: "chat.completion", choices: [] };
    expect(other.findAnswerFault(answer, {})).toMatchObject({ rule: "no-answer" });
  });

  test("without its fault, an event keeps all else", () => {
    const data = { type: "usage", usage: { cost: 1 }, error: { code: 400 } };
    expect(other.withoutFault(data)).toEqual({ type: "usage", usage: { cost: 1 } });
  });
});
