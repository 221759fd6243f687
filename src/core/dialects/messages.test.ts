import { describe, expect, test } from "bun:test";
import { errorNames } from "../error-body.ts";
import type { Rule } from "../fault.ts";
import type { JsonObject } from "../json.ts";
import { readClaim } from "../claim.ts";
import { anthropicErrors } from "../error-form.ts";
import { messages } from "./messages.ts";

const ASKED = { model: "m", max_tokens: 10 };

/** The data of the events that can carry an answer. */
const start = (content_block: unknown) => ({ type: "content_block_start", content_block });
const delta = (piece: unknown) => ({ type: "content_block_delta", index: 0, delta: piece });
const stop = (change: unknown) => ({ type: "message_delta", delta: change, usage: {} });

/** An error body in OpenAI's form, as an error form gets it. */
const openai = (status: number, more: JsonObject = {}) => {
  const { type, code } = errorNames(status);
  return { error: { message: "Failed", type, param: null, code, ...more } };
};

describe("findAnswerFault", () => {
  const TEXT = { type: "text", text: "Hello", citations: null };
  const EMPTY = { type: "text", text: "", citations: [] };

  const healthy: [title: string, answer: JsonObject][] = [
    ["text", { content: [TEXT], stop_reason: "end_turn" }],
    ["text, unfinished", { content: [TEXT], stop_reason: null }],
    ["thinking alone", { content: [{ type: "thinking", thinking: "Hm", signature: "" }] }],
    ["redacted thinking alone", { content: [{ type: "redacted_thinking", data: "x" }] }],
    ["a tool call", { content: [{ type: "tool_use", id: "1", name: "f", input: {} }] }],
    ["the failure of a server's tool", { content: [{ type: "x_result", tool_use_id: "1" }] }],
    ["a block of tomorrow", { content: [{ type: "smell", roses: 3 }] }],
    ["text behind an empty block", { content: [EMPTY, TEXT] }],
    ["no content, and end_turn", { content: [], stop_reason: "end_turn" }],
    ["no content, and refusal", { content: [], stop_reason: "refusal" }],
    ["no content, and a reason of tomorrow", { content: [EMPTY], stop_reason: "tired" }],
    ["no content, and tokens", { content: [], stop_reason: null, usage: { output_tokens: 3 } }],
    ["a null error", { content: [TEXT], stop_reason: "end_turn", error: null }],
  ];
  test.each(healthy)("an answer with %s is relayed", (_title, answer) => {
    expect(messages.findAnswerFault({ type: "message", ...answer }, ASKED)).toBeUndefined();
  });

  const failed: [title: string, answer: JsonObject, rule: Rule][] = [
    ["no content field", { type: "message", stop_reason: "end_turn" }, "no-answer"],
    ["null content", { content: null, stop_reason: "end_turn" }, "no-answer"],
    ["content that is a text", { content: "Hello", stop_reason: "end_turn" }, "no-answer"],
    ["choices", { choices: [{ message: { content: "Hello" } }] }, "no-answer"],
    ["no content, reason or tokens", { content: [] }, "failed-generation"],
    ["an empty reason", { content: [], stop_reason: "" }, "failed-generation"],
    ["zero tokens", { content: [EMPTY], usage: { output_tokens: 0 } }, "failed-generation"],
    ["null for a block", { content: [null], stop_reason: null }, "failed-generation"],
    ["the type of an error", { type: "error", message: "Overloaded" }, "error-in-body"],
  ];
  test.each(failed)("an answer with %s is a 502", (_title, answer, rule) => {
    const fault = messages.findAnswerFault(answer, ASKED);
    expect(fault).toMatchObject({ rule });
    expect(fault && readClaim(200, fault).status).toBe(502);
  });

  test("an error whose word stands beside its type has the status of that word", () => {
    const answer = { type: "error", message: "Overloaded", error_type: "provider_overloaded" };
    const fault = messages.findAnswerFault(answer, ASKED);
    expect(fault && readClaim(200, fault).status).toBe(503);
  });
});

describe("readEvent", () => {
  const silent: [title: string, data: JsonObject][] = [
    ["message_start", { type: "message_start", message: { id: "1", content: [] } }],
    ["ping", { type: "ping" }],
    ["content_block_stop", { type: "content_block_stop", index: 0 }],
    ["an empty text block", start({ type: "text", text: "", citations: [] })],
    ["an empty thinking block", start({ type: "thinking", thinking: "", signature: "" })],
    ["an empty compaction block", start({ type: "compaction", content: null })],
    ["a block that is missing", start(undefined)],
    ["an empty text", delta({ type: "text_delta", text: "" })],
    ["an empty piece of input", delta({ type: "input_json_delta", partial_json: "" })],
    ["a null delta", delta(null)],
    ["no stop reason", stop({ stop_reason: null, stop_sequence: null })],
    ["an empty stop reason", stop({ stop_reason: "" })],
    ["a container", stop({ stop_reason: null, container: { id: "1" } })],
    ["a type of tomorrow", { type: "queue_position", position: 3 }],
    ["no type", {}],
  ];
  test.each(silent)("an event with %s decides nothing, and the answer goes on", (_title, data) => {
    expect(messages.readEvent(data, false)).toEqual({
      fault: undefined,
      speaks: false,
      continues: [0],
      finishes: [],
    });
  });

  const speaking: [title: string, data: JsonObject][] = [
    ["text", delta({ type: "text_delta", text: "H" })],
    ["white space", delta({ type: "text_delta", text: " " })],
    ["thinking", delta({ type: "thinking_delta", thinking: "H" })],
    ["a signature", delta({ type: "signature_delta", signature: "x" })],
    ["a piece of input", delta({ type: "input_json_delta", partial_json: "{" })],
    ["a citation", delta({ type: "citations_delta", citation: { type: "char_location" } })],
    ["a compaction", delta({ type: "compaction_delta", content: "x" })],
    ["a delta of tomorrow", delta({ type: "smell_delta", roses: 3 })],
    ["a block with text", start({ type: "text", text: "H" })],
    ["a tool call", start({ type: "tool_use", id: "1", name: "f", input: {} })],
    ["a call of a server's tool", start({ type: "server_tool_use", id: "1", name: "f" })],
    ["a result", start({ type: "web_search_tool_result", tool_use_id: "1", content: [] })],
    ["redacted thinking", start({ type: "redacted_thinking", data: "x" })],
    ["a stop reason", stop({ stop_reason: "end_turn" })],
    ["a refusal", stop({ stop_reason: "refusal" })],
  ];
  test.each(speaking)("an event with %s is part of an answer that goes on", (_title, data) => {
    expect(messages.readEvent(data, false)).toEqual({
      fault: undefined,
      speaks: true,
      continues: [0],
      finishes: [],
    });
  });

  test("message_stop makes the answer whole", () => {
    expect(messages.readEvent({ type: "message_stop" }, true)).toEqual({
      fault: undefined,
      speaks: false,
      continues: [],
      finishes: [0],
    });
  });

  test("message_stop before anything was said is a failure", () => {
    const { fault, finishes } = messages.readEvent({ type: "message_stop" }, false);
    expect(fault?.rule).toBe("ended-early");
    expect(finishes).toEqual([]);
  });

  test("an event of the type error is a failure, whatever else it holds", () => {
    const { fault } = messages.readEvent({ type: "error", message: "Overloaded" }, true);
    expect(fault).toMatchObject({ rule: "error-in-event", error: { message: "Overloaded" } });
    expect(messages.readEvent({ type: "error" }, true).fault?.sentence).toContain("did not say");
  });
});

test("nothing is left of an event behind message_stop that reports a fault", () => {
  expect(messages.withoutFault({ type: "error", error: { message: "x" } })).toEqual({});
  expect(messages.withoutFault({ type: "ping", error: "x", usage: {} })).toEqual({});
});

describe("anthropicErrors", () => {
  const types: [status: number, type: string][] = [
    [400, "invalid_request_error"],
    [401, "authentication_error"],
    [402, "billing_error"],
    [403, "permission_error"],
    [404, "not_found_error"],
    [405, "invalid_request_error"],
    [408, "timeout_error"],
    [409, "invalid_request_error"],
    [413, "request_too_large"],
    [415, "invalid_request_error"],
    [422, "invalid_request_error"],
    [429, "rate_limit_error"],
    [500, "api_error"],
    [502, "api_error"],
    [503, "overloaded_error"],
    [504, "timeout_error"],
    [520, "api_error"],
    [524, "timeout_error"],
    [529, "overloaded_error"],
  ];
  test.each(types)("a %i is called %s", (status, type) => {
    expect(anthropicErrors.answerBody(status, openai(status), "openai")).toEqual({
      type: "error",
      error: { type, message: "Failed", code: errorNames(status).code },
    });
  });

  test("what upstream said beyond its message stays", () => {
    const body = {
      ...openai(429, { error_type: "rate_limit_exceeded", param: "model" }),
      type: "message_delta",
      request_id: "gen-1",
      metadata: { provider_name: "P" },
    };
    expect(anthropicErrors.answerBody(429, body, "openai")).toEqual({
      type: "error",
      error: {
        type: "rate_limit_error",
        message: "Failed",
        param: "model",
        code: "rate_limit_exceeded",
        error_type: "rate_limit_exceeded",
      },
      request_id: "gen-1",
      metadata: { provider_name: "P" },
    });
  });
});
