import { describe, expect, test } from "bun:test";
import { readClaim } from "./claim.ts";
import { errorNames, toErrorBody } from "./error-body.ts";
import type { Fault } from "./fault.ts";
import type { JsonObject } from "./json.ts";

/** The body of an answer whose status turned out to be this. */
const bodyOf = (status: number, fault: Fault) =>
  toErrorBody({ ...readClaim(200, fault), status }, fault);

const SENTENCE = "Upstream reported an error and did not say which.";

function faultOf(error: unknown, beside: JsonObject = {}): Fault {
  return { rule: "error-in-body", error, beside, sentence: SENTENCE };
}

const NAMES: [status: number, type: string, code: string][] = [
  [400, "invalid_request_error", "invalid_request"],
  [401, "authentication_error", "invalid_api_key"],
  [402, "insufficient_quota", "insufficient_quota"],
  [403, "permission_error", "permission_denied"],
  [404, "invalid_request_error", "not_found"],
  [405, "invalid_request_error", "method_not_allowed"],
  [408, "timeout_error", "timeout"],
  [410, "invalid_request_error", "gone"],
  [412, "invalid_request_error", "precondition_failed"],
  [413, "invalid_request_error", "payload_too_large"],
  [418, "invalid_request_error", "invalid_request"],
  [422, "invalid_request_error", "unprocessable"],
  [429, "rate_limit_error", "rate_limit_exceeded"],
  [499, "invalid_request_error", "invalid_request"],
  [500, "server_error", "server_error"],
  [501, "server_error", "server_error"],
  [502, "server_error", "provider_unavailable"],
  [503, "server_error", "provider_overloaded"],
  [504, "server_error", "timeout"],
  [520, "server_error", "server_error"],
  [524, "server_error", "timeout"],
  [529, "server_error", "provider_overloaded"],
];

describe("errorNames", () => {
  test.each(NAMES)(
    "status %d has the type %s, and the code %s by default",
    (status, type, code) => {
      expect(errorNames(status)).toEqual({ type, code });
    },
  );
});

describe("toErrorBody", () => {
  test("an error that is nested beyond all use still gives a body that can be written", () => {
    const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
    for (const error of [{ message: "x", metadata: deep }, { message: deep }]) {
      expect(JSON.stringify(bodyOf(429, faultOf(error))).length).toBeLessThan(10_000);
    }
  });

  test("a user_id deep inside is removed as well, and a message that is no text becomes JSON", () => {
    const error = { message: false, metadata: { user_id: "u", list: [{ user_id: "u", a: 1 }] } };
    expect(bodyOf(400, faultOf(error, { response: { user_id: "u", id: "r" } }))).toEqual({
      error: {
        message: "false",
        type: "invalid_request_error",
        param: null,
        code: "invalid_request",
        metadata: { list: [{ a: 1 }], error_type: "invalid_request" },
      },
      response: { id: "r" },
    });
  });

  test("an error has a message, a type, a param and a code, and nothing is made up", () => {
    expect(bodyOf(429, faultOf({ message: "Rate limited", code: 429 }))).toEqual({
      error: {
        message: "Rate limited",
        type: "rate_limit_error",
        param: null,
        code: "rate_limit_exceeded",
      },
    });
  });

  const messages: [title: string, error: unknown, message: string][] = [
    ["upstream's message", { message: "Rate limited" }, "Rate limited"],
    ["upstream's message with its line breaks", { message: " a\nb " }, " a\nb "],
    ["an error that is a text", "Internal Server Error", "Internal Server Error"],
    ["a message that is an object, as its JSON", { message: { a: [1] } }, '{"a":[1]}'],
    ["a message that is an array, as its JSON", { message: ["a", "b"] }, '["a","b"]'],
    ["a message that is a number, as its JSON", { message: 42 }, "42"],
    ["a sentence where the message is missing", { code: 500 }, SENTENCE],
    ["a sentence where the message is null", { message: null }, SENTENCE],
    ["a sentence where the message is empty", { message: "" }, SENTENCE],
    ["a sentence where the message is blank", { message: " \n" }, SENTENCE],
    ["a sentence where the error is true", true, SENTENCE],
    ["a sentence where there is no error", undefined, SENTENCE],
  ];
  test.each(messages)("the message is %s", (_title, error, message) => {
    const said = bodyOf(500, faultOf(error)).error.message;
    expect(said).toBe(message === SENTENCE ? `500 Internal Server Error: ${SENTENCE}` : message);
  });

  test("the type is the status's own, whatever upstream calls it", () => {
    const { error } = bodyOf(429, faultOf({ message: "x", type: "invalid_request_error" }));
    expect(error.type).toBe("rate_limit_error");
    expect(error.code).toBe("invalid_request_error");
  });

  test("the code is upstream's first word, in OpenAI's spelling", () => {
    const said = { message: "x", code: "weird", metadata: { error_type: "payment_required" } };
    expect(bodyOf(402, faultOf(said)).error.code).toBe("insufficient_quota");
    expect(bodyOf(402, faultOf({ code: "weird" })).error.code).toBe("weird");
  });

  test.each([429, "429", null, 3230])("a code of %p becomes the status's word", (code) => {
    expect(bodyOf(429, faultOf({ message: "x", code })).error.code).toBe("rate_limit_exceeded");
  });

  test("a 401 with a provider's name is the provider's refusal of OpenRouter", () => {
    const metadata = { provider_name: "Anthropic" };
    expect(bodyOf(401, faultOf({ metadata })).error.code).toBe("provider_authentication_error");
    expect(bodyOf(401, faultOf({}, { metadata })).error.code).toBe("provider_authentication_error");
    expect(bodyOf(401, faultOf({ metadata, code: "weird" })).error.code).toBe("weird");
    const nobody = faultOf({ metadata: { provider_name: "" } });
    expect(bodyOf(401, nobody).error.code).toBe("invalid_api_key");
    expect(bodyOf(403, faultOf({ metadata })).error.code).toBe("permission_denied");
  });

  const params: [given: unknown, param: string | null][] = [
    ["messages[0].role", "messages[0].role"],
    [null, null],
    [7, null],
    [undefined, null],
  ];
  test.each(params)("a param of %p becomes %p", (given, param) => {
    expect(bodyOf(400, faultOf({ message: "x", param: given })).error.param).toBe(param);
  });

  test("all else that upstream's error held stays in it", () => {
    const more = {
      metadata: { raw: "{}", provider_name: "Groq", previous_errors: [{ code: 429 }] },
      availability: { code: "no_endpoints", retryable: false },
      error_type: "not_found",
      status: "NOT_FOUND",
    };
    expect(bodyOf(404, faultOf({ message: "x", code: 404, ...more })).error).toEqual({
      message: "x",
      type: "invalid_request_error",
      param: null,
      code: "not_found",
      ...more,
      metadata: { ...more.metadata, error_type: "not_found" },
    });
  });

  test("what stood beside the error stays beside it", () => {
    const beside = {
      id: "gen-1",
      openrouter_metadata: { attempt: 1 },
      choices: [{ index: 0, message: { role: "assistant", content: "Hel" } }],
    };
    const body = bodyOf(502, faultOf({ message: "x" }, beside));
    expect(body).toMatchObject(beside);
    expect(Object.keys(body)).toEqual(["error", "id", "openrouter_metadata", "choices"]);
  });

  test("the user_id, which names the owner of the key, is removed in both places", () => {
    const fault = faultOf({ message: "x", user_id: "user_1" }, { user_id: "user_1", id: "gen-1" });
    expect(JSON.stringify(bodyOf(400, fault))).not.toContain("user_");
    expect(bodyOf(400, fault)["id"]).toBe("gen-1");
  });

  test("an error beside the fault that says nothing does not replace it", () => {
    const { error } = bodyOf(502, faultOf({ message: "x" }, { error: null, id: "gen-1" }));
    expect(error.message).toBe("x");
  });
});
