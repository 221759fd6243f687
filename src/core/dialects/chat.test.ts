import { describe, expect, test } from "bun:test";
import type { Rule } from "../fault.ts";
import type { JsonObject } from "../json.ts";
import { readClaim } from "../claim.ts";
import { chat } from "./chat.ts";

const MESSAGES = [{ role: "user", content: "Hi" }];
const ASKED = { messages: MESSAGES };

/** An answer of one choice. */
const answerWith = (choice: JsonObject, more: JsonObject = {}): JsonObject => ({
  choices: [choice],
  ...more,
});

/** The rule and the status of an answer that is not to be relayed. */
function repairOf(answer: JsonObject, request: JsonObject = ASKED) {
  const fault = chat.findAnswerFault(answer, request);
  return fault && { rule: fault.rule, status: readClaim(200, fault).status };
}

/** The data of an event of these choices. */
const event = (...choices: JsonObject[]): JsonObject => ({ id: "gen-1", choices });
const open = (delta: JsonObject, index = 0) => ({ index, delta, finish_reason: null });

describe("findAnswerFault", () => {
  const message = { role: "assistant", content: "Hello" };
  const empty = { role: "assistant", content: "" };
  const carried: [title: string, fields: JsonObject][] = [
    ["content", { content: "Hello" }],
    ["content in parts", { content: [{ type: "text", text: "Hello" }] }],
    ["reasoning", { content: "", reasoning: "Hm" }],
    ["reasoning_content", { content: "", reasoning_content: "Hm" }],
    [
      "reasoning_details",
      { content: null, reasoning_details: [{ type: "reasoning.text", text: "Hm" }] },
    ],
    ["a refusal", { content: null, refusal: "I cannot" }],
    ["tool calls", { content: null, tool_calls: [{ id: "1" }] }],
    ["a function call", { content: null, function_call: { name: "f" } }],
    ["audio", { content: null, audio: { id: "1", data: "AA" } }],
    ["images", { content: "", images: [{ type: "image_url", image_url: { url: "data:," } }] }],
  ];
  test.each(carried)("a message with %s is an answer, even unfinished", (_title, fields) => {
    expect(repairOf(answerWith({ message: fields, finish_reason: null }))).toBeUndefined();
    const native = {
      message: fields,
      finish_reason: "stop",
      native_finish_reason: "network_error",
    };
    expect(repairOf(answerWith(native))).toBeUndefined();
  });

  const healthy: [title: string, answer: JsonObject][] = [
    ["empty content with stop", answerWith({ message: empty, finish_reason: "stop" })],
    ["empty content with length", answerWith({ message: empty, finish_reason: "length" })],
    [
      "empty content with content_filter",
      answerWith({ message: { content: null }, finish_reason: "content_filter" }),
    ],
    [
      "empty content for which tokens were counted",
      answerWith({ message: empty, finish_reason: null }, { usage: { completion_tokens: 3 } }),
    ],
    [
      "content in its second choice alone",
      {
        choices: [
          { message: empty, finish_reason: null },
          { index: 1, message },
        ],
      },
    ],
    ["a null error of a choice", answerWith({ message, finish_reason: "stop", error: null })],
    ["an empty error of a choice", answerWith({ message, finish_reason: "stop", error: {} })],
    [
      "two choices",
      {
        choices: [
          { message, finish_reason: "stop" },
          { index: 1, message: empty },
        ],
      },
    ],
  ];
  test.each(healthy)("an answer with %s is relayed", (_title, answer) => {
    expect(repairOf(answer)).toBeUndefined();
  });

  const failed: [title: string, answer: JsonObject, rule: Rule, status: number][] = [
    ["missing choices", { id: "gen-1" }, "no-answer", 502],
    ["null choices", { choices: null }, "no-answer", 502],
    ["empty choices", { choices: [] }, "no-answer", 502],
    ["null before a choice", { choices: [null, { message: {} }] }, "no-answer", 502],
    ["choices that are a text", { choices: "Hello" }, "no-answer", 502],
    ["a choice without a message", answerWith({ finish_reason: "stop" }), "no-answer", 502],
    ["a null message", answerWith({ message: null, finish_reason: "stop" }), "no-answer", 502],
    ["a message that is a text", answerWith({ message: "Hello" }), "no-answer", 502],
    ["text where messages were sent", answerWith({ text: "Hello" }), "no-answer", 502],
    [
      "the error of a choice",
      answerWith({ message, finish_reason: "stop", error: { message: "x", code: 429 } }),
      "error-in-choice",
      429,
    ],
    [
      "the error of the second choice",
      { choices: [{ message, finish_reason: "stop" }, { error: { code: 503 } }] },
      "error-in-choice",
      503,
    ],
    [
      "the error of a choice that has no message",
      answerWith({ error: "x" }),
      "error-in-choice",
      502,
    ],
    [
      "finish_reason error beside text",
      answerWith({ message, finish_reason: "error" }),
      "error-in-choice",
      502,
    ],
    [
      "finish_reason error and a word beside it",
      answerWith({ message, finish_reason: "error" }, { error_type: "timeout" }),
      "error-in-choice",
      504,
    ],
    [
      "no content, reason or usage",
      answerWith({ message: empty, finish_reason: null }),
      "failed-generation",
      502,
    ],
    [
      "no content, and reason and tokens missing",
      answerWith({ message: { role: "assistant" } }, { usage: {} }),
      "failed-generation",
      502,
    ],
    [
      "no content, a null reason and no number of tokens",
      answerWith(
        { message: empty, finish_reason: null },
        { usage: { completion_tokens: { toString: 1, valueOf: 1 } } },
      ),
      "failed-generation",
      502,
    ],
    [
      "no content, a null reason and zero tokens as a text",
      answerWith({ message: empty, finish_reason: null }, { usage: { completion_tokens: "0" } }),
      "failed-generation",
      502,
    ],
    [
      "no content, a null reason and zero tokens",
      answerWith({ message: empty, finish_reason: null }, { usage: { completion_tokens: 0 } }),
      "failed-generation",
      502,
    ],
  ];
  test.each(failed)("an answer with %s is repaired", (_title, answer, rule, status) => {
    expect(repairOf(answer)).toEqual({ rule, status });
  });

  test.each([
    "network_error",
    "insufficient_system_resource",
    "malformed_function_call",
    "error",
    "MALFORMED_FUNCTION_CALL",
    "Network_Error",
  ])("the native finish reason %s without content is a failure", (native) => {
    const choice = { message: empty, finish_reason: "stop", native_finish_reason: native };
    expect(repairOf(answerWith(choice, { usage: { completion_tokens: 5 } }))).toEqual({
      rule: "failed-generation",
      status: 502,
    });
  });

  test.each(["stop", "STOP", "MAX_TOKENS", "SAFETY", null])(
    "the native finish reason %p without content is an answer",
    (native) => {
      const choice = { message: empty, finish_reason: "stop", native_finish_reason: native };
      expect(repairOf(answerWith(choice))).toBeUndefined();
    },
  );

  test("the sentence of a failed generation names the native finish reason", () => {
    const choice = { message: empty, finish_reason: "stop", native_finish_reason: "network_error" };
    expect(chat.findAnswerFault(answerWith(choice), ASKED)?.sentence).toContain("network_error");
  });

  test("the partial text of a choice with an error stays in the answer", () => {
    const answer = answerWith({ message, error: { code: 502 } }, { id: "gen-1" });
    expect(chat.findAnswerFault(answer, ASKED)?.beside).toEqual(answer);
  });

  test("a prompt is answered with text, or with a message", () => {
    const request = { prompt: "Hi" };
    expect(repairOf(answerWith({ text: "Hello", finish_reason: "stop" }), request)).toBeUndefined();
    expect(repairOf(answerWith({ text: "Hello", finish_reason: null }), request)).toBeUndefined();
    expect(repairOf(answerWith({ message, finish_reason: "stop" }), request)).toBeUndefined();
    expect(repairOf(answerWith({ finish_reason: "stop" }), request)?.rule).toBe("no-answer");
    expect(repairOf(answerWith({ text: "" }), request)?.rule).toBe("failed-generation");
  });
});

describe("readEvent", () => {
  const silent: [title: string, data: JsonObject][] = [
    ["a role alone", event(open({ role: "assistant" }))],
    ["a role and empty content", event(open({ role: "assistant", content: "" }))],
    ["an empty delta", event(open({}))],
    ["a null delta", event({ index: 0, delta: null })],
    ["null fields", event(open({ content: null, reasoning: null, tool_calls: null }))],
    ["empty fields", event(open({ content: "", reasoning_details: [], tool_calls: [] }))],
    ["an empty finish reason", event({ index: 0, delta: {}, finish_reason: "" })],
    ["no choices", event()],
    ["usage", { ...event(), usage: { completion_tokens: 3 } }],
    ["debug information", { ...event(), debug: { echo_upstream_body: {} } }],
    ["choices that are missing", { id: "gen-1" }],
    ["a null error", { ...event(), error: null }],
  ];
  test.each(silent)("an event with %s decides nothing", (_title, data) => {
    expect(chat.readEvent(data, false)).toMatchObject({
      fault: undefined,
      speaks: false,
      finishes: [],
    });
  });

  const deltas: [title: string, delta: JsonObject][] = [
    ["text", { content: "Hel" }],
    ["white space", { content: " " }],
    ["reasoning", { reasoning: "Hm" }],
    ["reasoning_content", { reasoning_content: "Hm" }],
    ["reasoning_details", { reasoning_details: [{ type: "reasoning.encrypted", data: "x" }] }],
    ["a refusal", { refusal: "I" }],
    ["a tool call", { tool_calls: [{ index: 0, id: "1" }] }],
    ["a function call", { function_call: { name: "f" } }],
    ["audio", { audio: { data: "x" } }],
    ["images", { images: [{ type: "image_url", image_url: { url: "data:," } }] }],
  ];
  test.each(deltas)("an event with %s speaks", (_title, delta) => {
    expect(chat.readEvent(event(open(delta)), false)).toMatchObject({
      fault: undefined,
      speaks: true,
      continues: [0],
      speaking: [0],
      finishes: [],
    });
  });

  test("choices are told apart by their index, which may be digits", () => {
    const [one, other] = [open({ content: "a" }), open({ content: "b" })];
    const data = event({ ...one, index: "0" }, { ...other, index: "1" });
    expect(chat.readEvent(data, false).continues).toEqual([0, 1]);
  });

  test("an event with the text of a prompt's answer speaks", () => {
    expect(chat.readEvent(event({ index: 0, text: "Hel" }), false).speaks).toBe(true);
    expect(chat.readEvent(event({ index: 0, text: "" }), false).speaks).toBe(false);
  });

  test.each(["stop", "length", "tool_calls", "content_filter", "a_new_reason"])(
    "the finish reason %s finishes its choice",
    (reason) => {
      const data = event({ index: 1, delta: {}, finish_reason: reason });
      expect(chat.readEvent(data, false)).toMatchObject({
        fault: undefined,
        speaks: false,
        continues: [],
        finishes: [1],
      });
    },
  );

  test("the choices of one event are told apart by their index", () => {
    const data = event(open({ content: "a" }, 2), { index: 0, delta: {}, finish_reason: "stop" });
    expect(chat.readEvent(data, true)).toMatchObject({ continues: [2], finishes: [0] });
  });

  const faults: [title: string, data: JsonObject, rule: Rule, status: number][] = [
    [
      "the error of a choice",
      event({ ...open({ content: "Hel" }), error: { code: 429 } }),
      "error-in-choice",
      429,
    ],
    [
      "finish_reason error",
      event({ index: 0, delta: { content: "" }, finish_reason: "error" }),
      "error-in-choice",
      502,
    ],
    [
      "a failed native finish reason",
      event({ index: 0, delta: {}, finish_reason: "stop", native_finish_reason: "Network_Error" }),
      "failed-generation",
      502,
    ],
    [
      "a failed native finish reason behind that of a choice which goes on",
      event(
        { index: 0, delta: {}, native_finish_reason: "network_error" },
        { index: 1, delta: {}, finish_reason: "stop", native_finish_reason: "network_error" },
      ),
      "failed-generation",
      502,
    ],
  ];
  test.each(faults)("an event with %s is a fault", (_title, data, rule, status) => {
    const { fault } = chat.readEvent(data, false);
    expect(fault?.rule).toBe(rule);
    expect(fault && readClaim(200, fault).status).toBe(status);
    expect(fault?.beside).toEqual(data);
  });

  test("a failed native finish reason is an end where there was content", () => {
    const end = { finish_reason: "stop", native_finish_reason: "malformed_function_call" };
    const after = chat.readEvent(event({ index: 0, delta: {}, ...end }), true);
    expect(after).toMatchObject({ fault: undefined, finishes: [0] });
    const within = chat.readEvent(event({ index: 0, delta: { content: "a" }, ...end }), false);
    expect(within).toMatchObject({ fault: undefined, speaks: true, finishes: [0] });
  });
});

describe("withoutFault", () => {
  test("the error of an event is removed, and all else stays", () => {
    const rest = { id: "gen-1", usage: { completion_tokens: 3 }, choices: [] };
    expect(chat.withoutFault({ ...rest, error: { code: 400 } })).toEqual(rest);
    expect(chat.withoutFault({ id: "gen-1", error: "x" })).toEqual({ id: "gen-1" });
  });

  test("the errors of its choices are removed, and all else stays", () => {
    const choices = [{ index: 0, delta: {}, error: { code: 400 }, finish_reason: "length" }];
    expect(chat.withoutFault({ choices })).toEqual({
      choices: [{ index: 0, delta: {}, finish_reason: "length" }],
    });
  });

  test("the finish reason error, which would be one, goes with it", () => {
    const choices = [{ index: 0, delta: {}, finish_reason: "error" }, null];
    expect(chat.withoutFault({ choices })).toEqual({
      choices: [{ index: 0, delta: {}, finish_reason: null }, null],
    });
  });
});
