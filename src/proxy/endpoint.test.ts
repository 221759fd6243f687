import { describe, expect, test } from "bun:test";
import { chat } from "../core/dialects/chat.ts";
import { completions } from "../core/dialects/completions.ts";
import { embeddings } from "../core/dialects/embeddings.ts";
import { messages } from "../core/dialects/messages.ts";
import { responses } from "../core/dialects/responses.ts";
import type { JsonObject } from "../core/json.ts";
import { endpointOf } from "./endpoint.ts";

/** A request of one message. */
const message = (fields: JsonObject) => ({ messages: [{ role: "user", ...fields }] });

describe("a request of chat", () => {
  const MESSAGES = [{ role: "user", content: "Hi" }];
  const ASKED = { messages: MESSAGES };
  const { findFlaw } = endpointOf(chat.path);
  const good: [title: string, body: JsonObject][] = [
    ["messages", ASKED],
    [
      "a content of parts",
      { messages: [{ role: "user", content: [{ type: "text", text: "x" }] }] },
    ],
    ["a content of no parts", { messages: [{ role: "user", content: [] }] }],
    ["a null content", { messages: [{ role: "assistant", content: null, tool_calls: [] }] }],
    ["no content", { messages: [{ role: "assistant", tool_calls: [] }] }],
    ["a role of tomorrow", { messages: [{ role: "oracle", content: "x" }] }],
    ["a prompt in place of messages", { prompt: "Hi" }],
    ["a model", { ...ASKED, model: "openai/gpt-5" }],
    ["several models", { ...ASKED, models: ["a", "b"] }],
    ["no models", { ...ASKED, models: [] }],
    ["stream: true", { ...ASKED, stream: true }],
    ["stream: false", { ...ASKED, stream: false }],
    ["stream: null", { ...ASKED, stream: null }],
    ["sampling numbers", { ...ASKED, temperature: 0.5, top_p: 1, max_tokens: 10, seed: -1 }],
    ["numbers out of any range", { ...ASKED, temperature: 99, max_tokens: -1 }],
    ["fields that nobody knows", { ...ASKED, plugins: 7, provider: { sort: "price" }, x: null }],
    ["unknown fields of a message", { messages: [{ role: "user", content: "x", y: [1] }] }],
  ];
  test.each(good)("a request with %s passes", (_title, body) => {
    expect(findFlaw(body)).toBeUndefined();
  });

  const bad: [title: string, body: unknown, param: string | null][] = [
    ["that is an array", [], null],
    ["that is null", null, null],
    ["that is a text", "Hi", null],
    ["without messages", {}, "messages"],
    ["without messages, but with a model", { model: "a" }, "messages"],
    ["with empty messages", { messages: [] }, "messages"],
    ["with messages that are a text", { messages: "Hi" }, "messages"],
    ["with messages that are an object", { messages: { role: "user" } }, "messages"],
    ["with a message that is a text", { messages: ["Hi"] }, "messages[0]"],
    ["with a message that is null", { messages: [...MESSAGES, null] }, "messages[1]"],
    ["with a message without a role", { messages: [{ content: "Hi" }] }, "messages[0].role"],
    ["with a null role", { messages: [{ role: null, content: "Hi" }] }, "messages[0].role"],
    ["with a role that is a number", { messages: [...MESSAGES, { role: 7 }] }, "messages[1].role"],
    [
      "with a content that is a number",
      { messages: [{ role: "user", content: 7 }] },
      "messages[0].content",
    ],
    [
      "with a content that is an object",
      { messages: [{ role: "user", content: { type: "text" } }] },
      "messages[0].content",
    ],
    ["with a model that is a number", { ...ASKED, model: 7 }, "model"],
    ["with models that are a text", { ...ASKED, models: "a" }, "models"],
    ["with a model among models that is a number", { ...ASKED, models: ["a", 7] }, "models[1]"],
    ["with a stream that is a text", { ...ASKED, stream: "true" }, "stream"],
    ["with a stream that is a number", { ...ASKED, stream: 1 }, "stream"],
    ["with a temperature that is a text", { ...ASKED, temperature: "1" }, "temperature"],
    ["with a top_p that is a text", { ...ASKED, top_p: "1" }, "top_p"],
    ["with max_tokens that are a text", { ...ASKED, max_tokens: "10" }, "max_tokens"],
    ["with a seed that is an object", { ...ASKED, seed: {} }, "seed"],
  ];
  test.each(bad)("a request %s is refused, and its flaw named", (_title, body, param) => {
    const flaw = findFlaw(body);
    expect(flaw?.param).toBe(param);
    expect(flaw?.message).toContain(param ?? "The body");
  });
});

describe("a request of messages", () => {
  const MESSAGES = [{ role: "user", content: "Hi" }];
  const ASKED = { model: "m", max_tokens: 10, messages: MESSAGES };
  const { findFlaw } = endpointOf(messages.path);
  const good: [title: string, body: JsonObject][] = [
    ["messages, a model and max_tokens", ASKED],
    ["messages alone", { messages: MESSAGES }],
    ["blocks as content", { messages: [{ role: "user", content: [{ type: "text", text: "x" }] }] }],
    ["no blocks as content", { messages: [{ role: "user", content: [] }] }],
    ["a block of tomorrow", { messages: [{ role: "user", content: [{ type: "smell" }] }] }],
    ["a role of tomorrow", { messages: [{ role: "oracle", content: "x" }] }],
    ["several models", { ...ASKED, models: ["a", "b"] }],
    ["stream: true", { ...ASKED, stream: true }],
    ["stream: null", { ...ASKED, stream: null }],
    ["null numbers", { ...ASKED, max_tokens: null, temperature: null }],
    ["numbers out of any range", { ...ASKED, max_tokens: -1, temperature: 99, top_k: 0.5 }],
    ["Anthropic's other fields", { ...ASKED, system: [{ type: "text" }], tools: [], thinking: {} }],
    ["fields that nobody knows", { ...ASKED, fallbacks: 7, x: null }],
  ];
  test.each(good)("a request with %s passes", (_title, body) => {
    expect(findFlaw(body)).toBeUndefined();
  });

  const bad: [title: string, body: unknown, param: string | null][] = [
    ["that is an array", [], null],
    ["that is null", null, null],
    ["without messages", { model: "m" }, "messages"],
    ["with a prompt in their place", { prompt: "Hi" }, "messages"],
    ["with null messages", { messages: null }, "messages"],
    ["with empty messages", { messages: [] }, "messages"],
    ["with messages that are a text", { messages: "Hi" }, "messages"],
    ["with a message that is a text", { messages: [...MESSAGES, "Hi"] }, "messages[1]"],
    ["with a message without a role", { messages: [{ content: "Hi" }] }, "messages[0].role"],
    ["with a message without content", message({}), "messages[0].content"],
    ["with null content", message({ content: null }), "messages[0].content"],
    ["with content that is an object", message({ content: {} }), "messages[0].content"],
    ["with content of texts", message({ content: ["Hi"] }), "messages[0].content"],
    ["with a model that is a number", { ...ASKED, model: 7 }, "model"],
    ["with a model among models that is null", { ...ASKED, models: ["a", null] }, "models[1]"],
    ["with a stream that is a text", { ...ASKED, stream: "true" }, "stream"],
    ["with max_tokens that are a text", { ...ASKED, max_tokens: "10" }, "max_tokens"],
    ["with a temperature that is a text", { ...ASKED, temperature: "1" }, "temperature"],
  ];
  test.each(bad)("a request %s is refused, and its flaw named", (_title, body, param) => {
    const flaw = findFlaw(body);
    expect(flaw?.param).toBe(param);
    expect(flaw?.message).toContain(param ?? "The body");
  });
});

describe("a request of responses", () => {
  const ASKED = { input: "Hi" };
  const { findFlaw } = endpointOf(responses.path);
  const good: [title: string, body: JsonObject][] = [
    ["a text as input", ASKED],
    ["items as input", { input: [{ type: "message", role: "user", content: "Hi" }] }],
    ["an item of tomorrow", { input: [{ type: "openrouter:dream" }] }],
    ["no items", { input: [] }],
    ["a stored prompt in place of input", { prompt: { id: "pmpt_1" } }],
    ["nothing at all", {}],
    ["a model", { ...ASKED, model: "openai/gpt-5" }],
    ["several models", { ...ASKED, models: ["a", "b"] }],
    ["stream: true", { ...ASKED, stream: true }],
    ["stream: null", { ...ASKED, stream: null }],
    ["numbers", { ...ASKED, temperature: 0.5, top_p: 1, max_output_tokens: 10, top_k: 3 }],
    ["null for numbers", { ...ASKED, temperature: null, max_tool_calls: null }],
    ["numbers out of any range", { ...ASKED, temperature: 99, max_output_tokens: -1 }],
    ["fields that nobody knows", { ...ASKED, store: true, provider: 7, x: null }],
  ];
  test.each(good)("a request with %s passes", (_title, body) => {
    expect(findFlaw(body)).toBeUndefined();
  });

  const bad: [title: string, body: unknown, param: string | null][] = [
    ["that is an array", [], null],
    ["that is null", null, null],
    ["that is a text", "Hi", null],
    ["with an input that is null", { input: null }, "input"],
    ["with an input that is a number", { input: 7 }, "input"],
    ["with an input that is an object", { input: { role: "user" } }, "input"],
    ["with an input of texts", { input: ["Hi"] }, "input"],
    ["with a model that is a number", { ...ASKED, model: 7 }, "model"],
    ["with models that are a text", { ...ASKED, models: "a" }, "models"],
    ["with a model among models that is a number", { ...ASKED, models: ["a", 7] }, "models[1]"],
    ["with a stream that is a text", { ...ASKED, stream: "true" }, "stream"],
    ["with a temperature that is a text", { ...ASKED, temperature: "1" }, "temperature"],
    ["with a limit that is a text", { ...ASKED, max_output_tokens: "10" }, "max_output_tokens"],
  ];
  test.each(bad)("a request %s is refused, and its flaw named", (_title, body, param) => {
    const flaw = findFlaw(body);
    expect(flaw?.param).toBe(param);
    expect(flaw?.message).toContain(param ?? "The body");
  });
});

describe("a request of completions", () => {
  const { findFlaw } = endpointOf(completions.path);
  test.each([
    ["a prompt", { prompt: "Once" }],
    ["several prompts", { prompt: ["Once", "Twice"] }],
    ["tokens", { prompt: [1, 2, 3], max_tokens: null }],
  ])("a request with %s passes", (_title, body) => {
    expect(findFlaw(body)).toBeUndefined();
  });

  test.each([
    ["without a prompt", { model: "m" }, "prompt"],
    ["with a number as prompt", { prompt: 7 }, "prompt"],
    ["with a text as temperature", { prompt: "Once", temperature: "hot" }, "temperature"],
    ["that is no object", "Once", null],
  ])("a request %s is refused", (_title, body, param) => {
    expect(findFlaw(body)?.param).toBe(param);
  });
});

describe("a request of embeddings", () => {
  const { findFlaw } = endpointOf(embeddings.path);
  test.each([
    ["a text", { input: "Hi" }],
    ["several texts", { input: ["Hi", "Ho"], dimensions: null }],
    ["tokens", { input: [[1, 2]], model: "m" }],
    ["an image", { input: [{ content: [{ type: "image_url" }] }] }],
  ])("a request with %s passes", (_title, body) => {
    expect(findFlaw(body)).toBeUndefined();
  });

  test.each([
    ["without input", { model: "m" }, "input"],
    ["with null input", { input: null }, "input"],
    ["with a list of models", { input: "Hi", model: ["a"] }, "model"],
    ["that is an array", [], null],
  ])("a request %s is refused", (_title, body, param) => {
    expect(findFlaw(body)?.param).toBe(param);
  });
});
