import { describe, expect, test } from "bun:test";
import type { Fault } from "./fault.ts";
import type { JsonObject } from "./json.ts";
import { readClaim, statusFromNumber } from "./claim.ts";

function faultOf(error: unknown, beside: JsonObject = {}): Fault {
  return { rule: "error-in-body", error, beside, sentence: "Upstream failed." };
}

/** The whole vocabulary: what OpenRouter, OpenAI and Anthropic call a failure. */
const VOCABULARY: [status: number, words: string][] = [
  [
    400,
    "invalid_request invalid_request_error invalid_prompt context_length_exceeded " +
      "max_tokens_exceeded token_limit_exceeded string_too_long invalid_image image_too_large " +
      "image_too_small unsupported_image_format image_download_failed unsupported_value " +
      "wrong_endpoint",
  ],
  [401, "authentication invalid_api_key authentication_error"],
  [402, "payment_required insufficient_credits billing_error insufficient_quota"],
  [
    403,
    "permission_denied permission_error region_restricted content_policy_violation refusal " +
      "image_content_policy_violation",
  ],
  [
    404,
    "not_found not_found_error image_not_found no_endpoints model_deprecated " +
      "model_unavailable_upstream privacy_restricted constraint_filtered free_variant_ended",
  ],
  [412, "precondition_failed"],
  [413, "payload_too_large request_too_large"],
  [422, "unprocessable"],
  [429, "rate_limit_exceeded rate_limit_error capacity_exhausted"],
  [500, "server server_error api_error internal_error unmapped"],
  [502, "provider_unavailable"],
  [503, "provider_overloaded overloaded_error temporarily_unavailable"],
  [504, "timeout timeout_error"],
];

/** Every place of a word, the first that counts before the others. */
const WORD_PLACES: [place: string, put: (word: string) => Fault][] = [
  ["error.metadata.error_type", (word) => faultOf({ metadata: { error_type: word } })],
  ["error.error_type", (word) => faultOf({ error_type: word })],
  ["the top-level error_type", (word) => faultOf({ message: "x" }, { error_type: word })],
  ["error.code", (word) => faultOf({ code: word })],
  ["availability.code", (word) => faultOf({ availability: { code: word } })],
  ["error.type", (word) => faultOf({ type: word })],
];

describe("the status of a claim", () => {
  const words = VOCABULARY.flatMap(([status, list]) =>
    list.split(" ").map((word): [string, number] => [word, status]),
  );
  test.each(words)("the word %s stands for %d wherever it is said", (word, status) => {
    for (const [, put] of WORD_PLACES) expect(readClaim(200, put(word)).status).toBe(status);
  });

  test("model_not_found is 404 as error.code, OpenAI's word", () => {
    expect(readClaim(200, faultOf({ code: "model_not_found" })).status).toBe(404);
  });

  test("model_not_found is 400 as availability.code, OpenRouter's word", () => {
    expect(readClaim(200, faultOf({ availability: { code: "model_not_found" } })).status).toBe(400);
  });

  const claims: [title: string, upstream: number, error: unknown, status: number][] = [
    ["upstream's own status", 418, { code: 429, http_status: 500, type: "timeout" }, 418],
    ["error.code before error.http_status", 200, { code: 429, http_status: 500 }, 429],
    ["error.http_status before error.status", 200, { http_status: 401, status: 402 }, 401],
    ["error.status before error.status_code", 200, { status: 402, status_code: 403 }, 402],
    ["error.status_code before a word", 200, { status_code: 403, error_type: "timeout" }, 403],
    ["a number before a word", 200, { code: 403, metadata: { error_type: "timeout" } }, 403],
    ["error.code as a numeric text", 200, { code: "429" }, 429],
    ["error.http_status as a numeric text", 200, { http_status: "503" }, 503],
    ["a code beyond 599 is passed over", 200, { code: 600, http_status: 422 }, 422],
    ["a code below 400 is passed over", 200, { code: 200, status: 422 }, 422],
    ["Google's status, a word, is no number", 200, { code: 400, status: "INVALID_ARGUMENT" }, 400],
    ["Mistral's code is no status", 200, { code: 3230, type: "invalid_request_error" }, 400],
    ["a fraction is no status", 200, { code: 429.5 }, 502],
    ["a negative number is no status", 200, { code: -429 }, 502],
    ["520 passes as it is", 200, { code: 520 }, 520],
    ["529 passes as it is", 200, { code: 529 }, 529],
    ["upstream's own 520 passes as it is", 520, {}, 520],
    ["an unknown word leaves a known one", 200, { code: "weird", type: "rate_limit_error" }, 429],
    [
      "provider_unavailable before a word",
      200,
      { code: "provider_unavailable", type: "timeout" },
      502,
    ],
    ["an unknown word alone", 200, { code: "weird" }, 502],
    ["a word in other letters", 200, { code: "Rate_Limit_Exceeded" }, 502],
    ["prose", 200, { message: "429 Too Many Requests: rate_limit_exceeded" }, 502],
    ["an error that is a text", 200, "rate_limit_exceeded", 502],
    ["previous_errors", 200, { metadata: { previous_errors: [{ code: 429 }] } }, 502],
    ["metadata.raw", 200, { metadata: { raw: '{"error":{"code":429}}' } }, 502],
    ["metadata.raw that is parsed", 200, { metadata: { raw: { code: 429 } } }, 502],
    ["no error at all", 200, undefined, 502],
  ];
  test.each(claims)("the status is read from %s", (_title, upstream, error, status) => {
    expect(readClaim(upstream, faultOf(error)).status).toBe(status);
  });

  const ranked: [upper: string, lower: string, error: JsonObject, beside: JsonObject][] = [
    [
      "error.metadata.error_type",
      "error.error_type",
      { metadata: { error_type: "timeout" }, error_type: "refusal" },
      {},
    ],
    [
      "error.error_type",
      "the top-level error_type",
      { error_type: "timeout" },
      { error_type: "refusal" },
    ],
    ["the top-level error_type", "error.code", { code: "refusal" }, { error_type: "timeout" }],
    ["error.code", "availability.code", { code: "timeout", availability: { code: "refusal" } }, {}],
    ["availability.code", "error.type", { availability: { code: "timeout" }, type: "refusal" }, {}],
  ];
  test.each(ranked)("a word in %s goes before one in %s", (_upper, _lower, error, beside) => {
    expect(readClaim(200, faultOf(error, beside)).status).toBe(504);
    expect(readClaim(200, faultOf(error, beside)).code).toBe("timeout");
  });

  const elsewhere: [place: string, beside: JsonObject][] = [
    ["metadata beside error", { metadata: { error_type: "timeout" } }],
    ["error_type beside error", { error_type: "timeout" }],
    ["metadata inside response", { response: { metadata: { error_type: "timeout" } } }],
    ["error_type inside response", { response: { error_type: "timeout" } }],
  ];
  test.each(elsewhere)("%s counts the same", (_place, beside) => {
    const fault = faultOf({ code: "weird", message: "x" }, beside);
    expect(readClaim(200, fault).status).toBe(504);
    expect(readClaim(200, fault).code).toBe("timeout");
  });
});

describe("the source of a claim", () => {
  const places: [from: string, upstream: number, fault: Fault, status: number, claim: unknown][] = [
    ["status line", 418, faultOf({ code: 429 }), 418, 418],
    ["error.code", 200, faultOf({ code: "429", http_status: 500 }), 429, "429"],
    ["error.http_status", 200, faultOf({ http_status: 401 }), 401, 401],
    ["error.status", 200, faultOf({ status: 402 }), 402, 402],
    ["error.status_code", 200, faultOf({ status_code: 403 }), 403, 403],
    [
      "metadata.error_type",
      200,
      faultOf("x", { metadata: { error_type: "timeout" } }),
      504,
      "timeout",
    ],
    ["error.error_type", 200, faultOf({ error_type: "timeout" }), 504, "timeout"],
    ["error_type", 200, faultOf("x", { error_type: "timeout" }), 504, "timeout"],
    [
      "response.error_type",
      200,
      faultOf("x", { response: { error_type: "server" } }),
      500,
      "server",
    ],
    ["error.code", 200, faultOf({ code: "timeout" }), 504, "timeout"],
    [
      "error.availability.code",
      200,
      faultOf({ availability: { code: "timeout" } }),
      504,
      "timeout",
    ],
    ["error.type", 200, faultOf({ code: "weird", type: "timeout" }), 504, "timeout"],
  ];
  test.each(places)(
    "the place %s is named with what stood there",
    (from, upstream, fault, status, claim) => {
      expect(readClaim(upstream, fault).source).toEqual({ status, from, claim });
    },
  );

  test("where nothing names a status there is none, and 502 stands for it", () => {
    const fault = faultOf({ code: 1000, message: "429 Too Many Requests" });
    expect(readClaim(200, fault).source).toBeUndefined();
    expect(readClaim(200, fault).status).toBe(502);
  });
});

describe("the code of a claim", () => {
  test.each(WORD_PLACES)("a word in %s becomes the code, known or not", (_place, put) => {
    expect(readClaim(200, put("weird")).code).toBe("weird");
    expect(readClaim(200, put("context_length_exceeded")).code).toBe("context_length_exceeded");
  });

  const spelling: [openRouter: string, openAi: string][] = [
    ["authentication", "invalid_api_key"],
    ["payment_required", "insufficient_quota"],
    ["server", "server_error"],
  ];
  test.each(spelling)("%s is spelled %s, as OpenAI does", (openRouter, openAi) => {
    expect(readClaim(200, faultOf({ metadata: { error_type: openRouter } })).code).toBe(openAi);
  });

  test.each([[429], ["429"], ["-1"], [""], [null], [{ a: 1 }], [["timeout"]]])(
    "a code of %j is no word",
    (code) => {
      expect(readClaim(200, faultOf({ code, type: "weird" })).code).toBe("weird");
      expect(readClaim(200, faultOf({ code })).code).toBeUndefined();
    },
  );

  test("a text of more than 200 characters is no word", () => {
    const long = "a".repeat(200);
    expect(readClaim(200, faultOf({ code: long })).code).toBe(long);
    expect(readClaim(200, faultOf({ code: `${long}a`, type: "timeout" })).code).toBe("timeout");
  });

  test("an error that is a text holds no word", () => {
    expect(readClaim(200, faultOf("timeout")).code).toBeUndefined();
  });
});

describe("the metadata of a claim", () => {
  test("metadata in several places is read together, the error's own first", () => {
    const beside = { metadata: { error_type: "timeout", provider_name: "other" } };
    const fault = faultOf({ message: "x", metadata: { provider_name: "Azure" } }, beside);
    expect(readClaim(200, fault).metadata).toEqual({
      error_type: "timeout",
      provider_name: "Azure",
    });
    expect(readClaim(200, fault).status).toBe(504);
  });

  const inner = { provider_name: "inner" };
  const beside = { provider_name: "beside" };
  const response = { metadata: { provider_name: "response" } };
  const places: [title: string, fault: Fault, metadata: JsonObject][] = [
    ["in the error", faultOf({ metadata: inner }, { metadata: beside, response }), inner],
    ["beside the error", faultOf({}, { metadata: beside, response }), beside],
    ["inside response", faultOf("text", { response }), response.metadata],
    ["in none of these places", faultOf({ metadata: "text" }), {}],
  ];
  test.each(places)("metadata that stands %s is found", (_title, fault, metadata) => {
    expect(readClaim(200, fault).metadata).toEqual(metadata);
  });
});

describe("statusFromNumber", () => {
  test.each([400, 429, 499, 500, 599, "400", "599"])("%p is a failure's status", (value) => {
    expect(statusFromNumber(value)).toBe(Number(value));
  });

  test.each([
    399,
    600,
    0,
    -429,
    429.5,
    Number.NaN,
    "",
    " 429",
    "429.0",
    "4e2",
    "0x1f4",
    null,
    true,
  ])("%p is no status of a failure", (value) => {
    expect(statusFromNumber(value)).toBeUndefined();
  });
});
