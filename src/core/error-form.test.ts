import { describe, expect, test } from "bun:test";
import {
  anthropicErrors,
  chatErrors,
  completionsErrors,
  type ErrorForm,
  type Flavour,
  flavourOf,
  type InBand,
  openaiErrors,
  responsesErrors,
} from "./error-form.ts";
import type { JsonObject } from "./json.ts";

const ERROR = { message: "a\n\nb", type: "server_error", param: null, code: "timeout" };
const FRAME = { id: "gen-1", object: "chat.completion.chunk", created: 1, model: "m" };

/** What is known of an error in band; upstream reported it unless said otherwise. */
function inBand(more: Partial<InBand> = {}): InBand {
  const request = { model: "asked" };
  const silent = { event: undefined, before: undefined, frame: undefined, request };
  return { status: 504, isOwn: false, flavour: "openai", ...silent, ...more };
}

/** The data of the events that tell of an error. */
function eventsOf(form: ErrorForm, more: Partial<InBand> = {}, beside: JsonObject = {}) {
  const text = form.events({ error: ERROR, ...beside }, inBand(more));
  return [...text.matchAll(/^(?:event: (.*)\n)?data: (.*)\n\n/gm)].map(([, name, data = ""]) => ({
    name,
    data: JSON.parse(data),
  }));
}

/** The code of an error in band on a chat. */
const codeOf = (more: Partial<InBand>) => eventsOf(chatErrors, more)[0]?.data.error.code;

test.each([[[]], [null], [undefined], ["x"]])(
  "in band, a chunk has a failed choice where upstream gave %j",
  (choices) => {
    const [first, second] = eventsOf(chatErrors, {}, { choices });
    expect(first?.data.choices).toEqual([{ index: 0, delta: {}, finish_reason: "error" }]);
    expect(second?.data.choices).toEqual([]);
  },
);

describe("the flavour of an error", () => {
  const asked: [title: string, path: string, headers: Record<string, string>, flavour: Flavour][] =
    [
      ["OpenAI's base path", "/v1/chat/completions", {}, "openai"],
      ["OpenRouter's base path", "/api/v1/chat/completions", {}, "openrouter"],
      [
        "OpenRouter's SDK",
        "/v1/x",
        { "user-agent": "speakeasy-sdk/python openrouter" },
        "openrouter",
      ],
      ["aider", "/v1/x", { "user-agent": "litellm/1", "x-title": "Aider" }, "openrouter"],
      ["Codex CLI", "/api/v1/responses", { originator: "codex_exec" }, "codex"],
      ["Qwen Code", "/api/v1/x", { "user-agent": "QwenCode/0.24.4 (linux; x64)" }, "openai"],
      ["another title", "/v1/x", { "x-title": "liteLLM" }, "openai"],
      ["another SDK", "/v1/x", { "user-agent": "OpenAI/Python 3.3" }, "openai"],
      ["the caller's word", "/v1/x", { "x-candor-error-form": "openrouter" }, "openrouter"],
      [
        "the caller's word against a path",
        "/api/v1/x",
        { "x-candor-error-form": "openai" },
        "openai",
      ],
      ["a word that is none", "/v1/x", { "x-candor-error-form": "other" }, "openai"],
    ];
  test.each(asked)("%s tells it", (_title, path, headers, flavour) => {
    expect(flavourOf(path, new Headers(headers))).toBe(flavour);
  });
});

describe("the body of an error", () => {
  test("OpenAI's clients read a word as code", () => {
    expect(openaiErrors.answerBody(504, { error: ERROR }, "openai")).toEqual({ error: ERROR });
  });

  test("OpenRouter's clients read the status as code, and the word in metadata", () => {
    const { error } = openaiErrors.answerBody(504, { error: ERROR }, "openrouter");
    expect(JSON.stringify(error)).toStartWith('{"code":504,');
    expect(error).toEqual({ ...ERROR, code: 504, metadata: { error_type: "timeout" } });
  });

  test("Anthropic's has its own word for the status, in either flavour", () => {
    const { message } = ERROR;
    expect(anthropicErrors.answerBody(504, { error: ERROR }, "openrouter")).toEqual({
      type: "error",
      error: { type: "timeout_error", message, code: "timeout" },
    });
  });
});

describe("an error in band", () => {
  test("on a chat is a whole chunk, then the same without choices", () => {
    const error = { ...ERROR, code: 504, status: 504, metadata: { error_type: "timeout" } };
    const choices = [{ index: 0, delta: {}, finish_reason: "error" }];
    const frame = { ...FRAME, choices: [{ index: 0 }], usage: { completion_tokens: 1 } };
    expect(eventsOf(chatErrors, { frame })).toEqual([
      { name: undefined, data: { error, ...FRAME, choices } },
      { name: undefined, data: { error, ...FRAME, choices: [] } },
    ]);
  });

  test("begins with the error, since Go's clients match the beginning of the event", () => {
    expect(chatErrors.events({ error: ERROR }, inBand())).toStartWith('data: {"error":{');
  });

  test("keeps the choices that upstream sent with it", () => {
    const choices = [{ index: 0, delta: { content: "x" }, finish_reason: "error" }];
    const [first, second] = eventsOf(chatErrors, {}, { choices });
    expect([first?.data.choices, second?.data.choices]).toEqual([choices, []]);
  });

  test("that Candor found has digits as code; for OpenRouter's SDKs a number", () => {
    expect(codeOf({ isOwn: true })).toBe("504");
    expect(codeOf({ isOwn: true, flavour: "openrouter" })).toBe(504);
  });

  test("is a whole chunk of the request's model where upstream sent none", () => {
    const [first] = eventsOf(completionsErrors);
    expect(first?.data).toMatchObject({ object: "text_completion", model: "asked" });
    expect(first?.data.choices).toEqual([{ index: 0, text: "", finish_reason: "error" }]);
    expect([typeof first?.data.id, typeof first?.data.created]).toEqual(["string", "number"]);
  });

  test("on another endpoint holds its status, in one event of one line", () => {
    const text = openaiErrors.events({ error: ERROR }, inBand());
    expect(text).toMatch(/^data: [^\r\n]+\n\n$/);
    expect(eventsOf(openaiErrors)[0]?.data).toEqual({ error: { status: 504, ...ERROR } });
  });

  test("on Responses is an `error` event, then the failure of the response that began", () => {
    const frame = { id: "resp_1", object: "response", status: "in_progress", output: [] };
    const { code, message, param } = ERROR;
    expect(eventsOf(responsesErrors, { frame }, { sequence_number: 4 })).toEqual([
      {
        name: "error",
        data: {
          type: "error",
          sequence_number: 4,
          code,
          message,
          param,
          error: { ...ERROR, status: 504 },
        },
      },
      {
        name: "response.failed",
        data: {
          type: "response.failed",
          response: { ...frame, status: "failed", error: { code, message } },
          sequence_number: 5,
        },
      },
    ]);
  });

  test("on Responses goes on with the count of the events before", () => {
    const before = { type: "response.output_text.delta", delta: "a", sequence_number: 7 };
    const numbers = eventsOf(responsesErrors, { before }).map(({ data }) => data.sequence_number);
    expect(numbers).toEqual([8, 9]);
    const first = eventsOf(responsesErrors).map(({ data }) => data.sequence_number);
    expect(first).toEqual([0, 1]);
  });

  test("on Responses leaves upstream's own response.failed as it came", () => {
    const event = { type: "response.failed", response: { id: "resp_1" }, sequence_number: 4 };
    expect(eventsOf(responsesErrors, { event })[1]).toEqual({
      name: "response.failed",
      data: event,
    });
  });

  test("on Messages is Anthropic's event, which has a name", () => {
    const { message } = ERROR;
    const error = { type: "timeout_error", message, code: "timeout", status: 504 };
    expect(eventsOf(anthropicErrors)).toEqual([{ name: "error", data: { type: "error", error } }]);
  });
});
