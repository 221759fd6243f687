import { expect, test } from "bun:test";
import { chat } from "../core/dialects/chat.ts";
import { messages } from "../core/dialects/messages.ts";
import { NAMED } from "../core/dialects/named.ts";
import { ENDPOINTS, endpointOf } from "./endpoints.ts";

test("every named endpoint has a name of its own, and there is one for all others", () => {
  expect(ENDPOINTS.map(({ dialect }) => dialect)).toContainValues(NAMED);
  expect(new Set(ENDPOINTS.map(({ name }) => name)).size).toBe(NAMED.length + 1);
});

test.each(["chat", "chat-completions", "chat/completions", "/v1/chat/completions"])(
  "%s is the endpoint of chat completions",
  (name) => {
    expect(endpointOf(name)).toEqual({ name: "chat-completions", dialect: chat });
  },
);

test("a name that is none is refused with all names and the nearest", () => {
  expect(endpointOf("messages").dialect).toBe(messages);
  expect(() => endpointOf("mesages")).toThrow(/"mesages"; chat-completions, .* mean messages\?$/);
});
