import { describe, expect, test } from "bun:test";
import type { Rule } from "../fault.ts";
import { toErrorBody } from "../error-body.ts";
import type { JsonObject } from "../json.ts";
import { readClaim } from "../claim.ts";
import type { Step } from "../steps.ts";
import { StreamJudge } from "../stream-judge.ts";
import { responses } from "./responses.ts";

const ASKED = { input: "Hi" };
const MESSAGE = { type: "message", content: [{ type: "output_text", text: "Hello" }] };
const EMPTY_MESSAGE = { type: "message", role: "assistant", content: [] };

/** An event of a stream with this data. */
const eventOf = (data: JsonObject) => new TextEncoder().encode(`data: ${JSON.stringify(data)}\n\n`);

/** The data of an event that begins an item with these fields. */
const item = (fields: JsonObject): JsonObject => ({
  type: "response.output_item.added",
  output_index: 0,
  item: { id: "x_1", status: "in_progress", ...fields },
});

/** The rule and the status of an answer that is not to be relayed. */
function repairOf(answer: JsonObject, request: JsonObject = ASKED) {
  const fault = responses.findAnswerFault(answer, request);
  return fault && { rule: fault.rule, status: readClaim(200, fault).status };
}

describe("findAnswerFault", () => {
  const healthy: [title: string, answer: JsonObject][] = [
    ["a completed text", { status: "completed", output: [MESSAGE], error: null }],
    ["a completed response without output", { status: "completed", output: [] }],
    ["a completed response whose output is null", { status: "completed", output: null }],
    ["an incomplete response", { status: "incomplete", output: [MESSAGE] }],
    ["an incomplete response without output", { status: "incomplete", output: [] }],
    ["a cancelled response", { status: "cancelled", output: [] }],
    ["a status of tomorrow", { status: "paused", output: [] }],
    ["a queued response in the background", { status: "queued", background: true }],
    ["a running response in the background", { status: "in_progress", background: true }],
    ["a text without a status", { output: [MESSAGE] }],
    ["a text that is still in progress", { status: "in_progress", output: [MESSAGE] }],
    ["tokens that were counted", { output: [], usage: { output_tokens: 3 } }],
  ];
  test.each(healthy)("%s is an answer", (_title, answer) => {
    expect(repairOf(answer)).toBeUndefined();
  });

  test("a queued response is an answer where the request asked for the background", () => {
    const answer = { status: "queued", output: [] };
    expect(repairOf(answer, { ...ASKED, background: true })).toBeUndefined();
  });

  const failed: [title: string, answer: JsonObject, rule: Rule, status: number][] = [
    [
      "a failed response that says why in a word",
      { status: "failed", error: null, error_type: "provider_overloaded", output: [] },
      "failed-generation",
      503,
    ],
    [
      "a failed response with half a text",
      { status: "failed", output: [MESSAGE] },
      "failed-generation",
      502,
    ],
    ["a failed response without output", { status: "failed" }, "failed-generation", 502],
    [
      "a failed response in the background",
      { status: "failed", background: true },
      "failed-generation",
      502,
    ],
    ["neither output nor status", { id: "resp_1", object: "response" }, "no-answer", 502],
    ["a status of tomorrow without output", { status: "paused" }, "no-answer", 502],
    ["an output that is a text", { output: "Hello" }, "no-answer", 502],
    ["choices in place of output", { choices: [{ message: {} }] }, "no-answer", 502],
    ["no content, status or tokens", { output: [] }, "failed-generation", 502],
    ["empty items without a status", { output: [EMPTY_MESSAGE, null] }, "failed-generation", 502],
    [
      "a foreground response still queued",
      { status: "queued", output: [], usage: { output_tokens: 0 } },
      "failed-generation",
      502,
    ],
    ["a foreground response still running", { status: "in_progress" }, "failed-generation", 502],
  ];
  test.each(failed)("%s is a failure", (_title, answer, rule, status) => {
    expect(repairOf(answer)).toEqual({ rule, status });
  });

  test("the half text of a failed response stays beside its error", () => {
    const answer = { status: "failed", output: [MESSAGE] };
    expect(responses.findAnswerFault(answer, ASKED)?.beside).toEqual(answer);
  });
});

describe("readEvent", () => {
  const SILENT = { fault: undefined, speaks: false, continues: [0], finishes: [] };
  const running = { id: "resp_1", status: "in_progress", error: null, output: [] };

  const silent: [title: string, data: JsonObject][] = [
    ["response.created", { type: "response.created", response: running }],
    ["response.in_progress", { type: "response.in_progress", response: running }],
    ["response.queued", { type: "response.queued", response: { ...running, status: "queued" } }],
    ["response.keep_alive", { type: "response.keep_alive", sequence_number: 0 }],
    ["keepalive", { type: "keepalive", sequence_number: 466 }],
    ["response.debug", { type: "response.debug", debug: { echo_upstream_body: { model: "a" } } }],
    ["an empty delta", { type: "response.output_text.delta", delta: "" }],
    ["an empty part", { type: "response.content_part.added", part: { text: "" } }],
    [
      "a part of empty fields",
      {
        type: "response.content_part.added",
        part: { type: "output_text", text: "", annotations: [], logprobs: [] },
      },
    ],
    ["a message without content", item(EMPTY_MESSAGE)],
    ["a message of an empty part", item({ content: [{ type: "output_text", text: "" }] })],
    ["reasoning that has not begun", item({ type: "reasoning", summary: [], format: "xai-v1" })],
    ["reasoning of empty parts", item({ type: "reasoning", summary: [{ text: "" }] })],
    ["an image that is not there yet", item({ type: "image_generation_call", result: null })],
    ["a search for nothing yet", item({ type: "web_search_call", action: { type: "search" } })],
    ["an item that is null", { type: "response.output_item.added", item: null }],
    ["a call's progress", { type: "response.web_search_call.searching", item_id: "ws_1" }],
    ["an event of tomorrow", { type: "response.dreaming", mood: "calm" }],
    ["no type", { sequence_number: 3 }],
    ["a chunk of the chat endpoint", { choices: [{ delta: { content: "Hello" } }] }],
    ["a null error", { type: "response.in_progress", error: null }],
  ];
  test.each(silent)("an event with %s decides nothing", (_title, data) => {
    expect(responses.readEvent(data, false)).toEqual(SILENT);
  });

  const speaking: [title: string, data: JsonObject][] = [
    ["code that runs", item({ type: "code_interpreter_call", code: "print(1)", outputs: null })],
    ["text", { type: "response.output_text.delta", delta: "Hel" }],
    ["white space", { type: "response.output_text.delta", delta: " " }],
    ["reasoning", { type: "response.reasoning_text.delta", delta: "Hm" }],
    ["a summary", { type: "response.reasoning_summary_text.delta", delta: "Hm" }],
    ["a refusal", { type: "response.refusal.delta", delta: "I" }],
    ["a call's arguments", { type: "response.function_call_arguments.delta", delta: "{" }],
    ["audio", { type: "response.audio.delta", delta: "UklG" }],
    ["OpenRouter's own name", { type: "response.content_part.delta", delta: "Once" }],
    ["a whole text", { type: "response.output_text.done", text: "Hello" }],
    ["a whole refusal", { type: "response.refusal.done", refusal: "I cannot" }],
    ["whole arguments", { type: "response.function_call_arguments.done", arguments: "{}" }],
    ["a custom tool's input", { type: "response.custom_tool_call_input.done", input: "ls" }],
    ["a partial image", { type: "r", partial_image_b64: "iVBORw0KGgo=" }],
    ["a filled part", { type: "response.content_part.done", part: { text: "Hello" } }],
    ["a message with content", item(MESSAGE)],
    ["a message that refuses", item({ content: [{ type: "refusal", refusal: "I cannot" }] })],
    ["a function call", item({ type: "function_call", name: "f", arguments: "" })],
    ["a summary of reasoning", item({ type: "reasoning", summary: [{ text: "Hm" }] })],
    ["a summary of texts", item({ type: "reasoning", summary: ["Hm"] })],
    ["encrypted reasoning", item({ type: "reasoning", summary: [], encrypted_content: "gAAA" })],
    ["an image", item({ type: "image_generation_call", result: "iVBORw0KGgo=" })],
    ["a search", item({ type: "web_search_call", action: { type: "search", query: "cats" } })],
  ];
  test.each(speaking)("an event with %s speaks", (_title, data) => {
    expect(responses.readEvent(data, false)).toEqual({ ...SILENT, speaks: true });
  });

  test.each(["response.completed", "response.incomplete", "response.done"])(
    "%s finishes the response",
    (type) => {
      const data = { type, response: { id: "resp_1", status: "completed", error: null } };
      expect(responses.readEvent(data, false)).toEqual({
        fault: undefined,
        speaks: false,
        continues: [],
        finishes: [0],
      });
    },
  );

  const error = { code: "server_error", message: "Out of order" };
  const faults: [title: string, data: JsonObject, status: number][] = [
    ["a failed response", { type: "response.failed", response: { status: "failed", error } }, 500],
    [
      "a failed response whose word is more telling",
      {
        type: "response.failed",
        response: { status: "failed", error, error_type: "rate_limit_exceeded" },
      },
      429,
    ],
    [
      "a failed response with metadata",
      {
        type: "response.failed",
        response: { status: "failed", error, metadata: { error_type: "timeout" } },
      },
      504,
    ],
    [
      "a failed response without an error",
      { type: "response.failed", response: { status: "failed", error: null } },
      502,
    ],
    ["response.failed alone", { type: "response.failed" }, 502],
    ["response.error alone", { type: "response.error", error: null }, 502],
    [
      "a completed response that failed",
      { type: "response.completed", response: { status: "failed", error } },
      500,
    ],
    [
      "a completed response with an error",
      { type: "response.completed", response: { status: "completed", error } },
      500,
    ],
    [
      "an unfinished response with an error",
      { type: "response.in_progress", response: { ...running, error } },
      500,
    ],
    ["an unwrapped error", { type: "error", ...error, param: null, sequence_number: 4 }, 500],
  ];
  test.each(faults)("an event with %s is a fault", (_title, data, status) => {
    const { fault, speaks, finishes } = responses.readEvent(data, false);
    expect(fault?.rule).toBe("error-in-event");
    expect(fault && readClaim(200, fault).status).toBe(status);
    expect({ speaks, finishes }).toEqual({ speaks: false, finishes: [] });
  });

  test("the error of a failed response is moved out of it, and the rest stays beside it", () => {
    const response = { id: "resp_1", status: "failed", error, error_type: "server" };
    const data = { type: "response.failed", response, sequence_number: 4 };
    const { fault } = responses.readEvent(data, false);
    expect(fault?.error).toEqual(error);
    expect(fault?.beside).toEqual({
      type: "response.failed",
      response: { id: "resp_1", status: "failed", error_type: "server" },
      sequence_number: 4,
    });
  });

  test("an unwrapped error without a code is not called by its event's type", () => {
    const data = { type: "error", code: null, message: "Oh", param: "input", sequence_number: 4 };
    const { fault } = responses.readEvent(data, false);
    expect(fault && toErrorBody(readClaim(502, fault), fault)).toEqual({
      error: { message: "Oh", type: "server_error", param: "input", code: "provider_unavailable" },
      type: "error",
      sequence_number: 4,
    });
  });
});

describe("withoutFault", () => {
  test.each([
    { type: "response.failed", response: { status: "failed" } },
    { type: "response.error", error: { code: "x" } },
    { type: "error", error: { code: "x" } },
    { type: "error", code: "x", message: "y" },
    { type: "response.completed", response: { status: "failed", output: [MESSAGE] } },
  ])("nothing is left of an event that is all about its fault: %p", (data) => {
    expect(responses.withoutFault(data)).toEqual({});
  });

  test("the error of any other event is removed, and all else stays", () => {
    const rest = { type: "response.in_progress", response: { status: "in_progress" } };
    expect(responses.withoutFault({ ...rest, error: { code: 400 } })).toEqual(rest);
  });
});

describe("a stream", () => {
  const delta = eventOf({ type: "response.output_text.delta", delta: "Hel" });
  const itemDone = eventOf({ type: "response.output_item.done", item: MESSAGE });
  const completed = eventOf({ type: "response.completed", response: { status: "completed" } });

  test("is not whole after an item, since another may follow", () => {
    const judge = new StreamJudge(responses, { maxEventBytes: 1e6 });
    judge.feed(delta);
    judge.feed(itemDone);
    expect(judge.end().ending).toMatchObject({ kind: "failed", fault: { rule: "ended-early" } });
  });

  test("is not over because a tool failed", () => {
    const judge = new StreamJudge(responses, { maxEventBytes: 1e6 });
    judge.feed(delta);
    const failed = eventOf({ type: "response.fusion_call.panel.failed", error: "No model" });
    expect(judge.feed(failed)).toMatchObject({ bytes: [failed], ending: undefined });
    judge.feed(completed);
    expect(judge.end().ending).toMatchObject({ kind: "whole" });
  });

  test("names its generation in the response that its events carry", () => {
    const steps: Step[] = [];
    const judge = new StreamJudge(responses, {
      maxEventBytes: 1e6,
      observe: (step) => steps.push(step),
    });
    judge.feed(eventOf({ type: "response.created", response: { id: "gen-1", status: "queued" } }));
    expect(steps).toEqual([{ kind: "facts", facts: { generationId: "gen-1" } }]);
  });

  test("is whole with response.completed, to which nothing is added", () => {
    const judge = new StreamJudge(responses, { maxEventBytes: 1e6 });
    judge.feed(delta);
    judge.feed(completed);
    expect(judge.end()).toMatchObject({ bytes: [], ending: { kind: "whole" } });
  });

  test("that is whole stays so, whatever events follow", () => {
    const judge = new StreamJudge(responses, { maxEventBytes: 1e6 });
    judge.feed(completed);
    judge.feed(eventOf({ type: "keepalive" }));
    expect(judge.end().ending).toMatchObject({ kind: "whole" });
  });
});
