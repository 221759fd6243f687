import { expect, test } from "bun:test";
import { chat } from "../core/dialects/chat.ts";
import { completions } from "../core/dialects/completions.ts";
import { embeddings } from "../core/dialects/embeddings.ts";
import { messages } from "../core/dialects/messages.ts";
import { other } from "../core/dialects/other.ts";
import { responses } from "../core/dialects/responses.ts";
import { dialectAt } from "./endpoint.ts";

test.each([
  ["https://openrouter.ai/api/v1/chat/completions", chat],
  ["https://openrouter.ai/api/v1/chat/completions/", chat],
  ["https://gateway.example/v1/account/openrouter/chat/completions?a=b", chat],
  ["/ai/v1/chat/completions", chat],
  ["https://openrouter.ai/api/v1/completions", completions],
  ["https://openrouter.ai/api/v1/responses", responses],
  ["https://openrouter.ai/api/v1/messages", messages],
  ["https://openrouter.ai/api/v1/embeddings", embeddings],
])("the address %s names its endpoint", (address, dialect) => {
  expect(dialectAt(address, "POST")).toBe(dialect);
});

test.each([
  ["https://openrouter.ai/api/v1/models", "POST"],
  ["https://openrouter.ai/api/v1/interns/int_1/chat/completions", "POST"],
  ["https://openrouter.ai/api/v1/models?next=/chat/completions", "POST"],
  ["https://openrouter.ai/api/v1/chat/completions", "GET"],
])("the general rules hold for %s by %s", (address, method) => {
  expect(dialectAt(address, method)).toBe(other);
});
