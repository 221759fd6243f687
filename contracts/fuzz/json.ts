import fc from "fast-check";

/**
 * JSON values as upstream might send them: the documented shapes, with anything at all in any
 * place. Keys and words are those that mean something, so that a random value often says something.
 */

const WORDS = `authentication invalid_api_key payment_required insufficient_quota permission_denied
  refusal not_found no_endpoints model_not_found precondition_failed payload_too_large unprocessable
  rate_limit_exceeded capacity_exhausted provider_overloaded temporarily_unavailable
  provider_unavailable timeout server server_error unmapped invalid_request wrong_endpoint
  some_new_word RESOURCE_EXHAUSTED`.split(/\s+/);

const KEYS = `error message code type param metadata error_type headers Retry-After
  retry_after_seconds X-RateLimit-Reset availability retryable retry_after choices delta content
  finish_reason native_finish_reason usage completion_tokens user_id id http_status status
  status_code data output response raw previous_errors provider_name index text`.split(/\s+/);

const number = fc.oneof(
  fc.constantFrom(0, -1, 1, 200, 399, 400, 401, 402, 403, 404, 408, 413, 422, 429, 499, 500, 502),
  fc.constantFrom(503, 504, 520, 524, 529, 599, 600, 1000, 429.5, 1e21, -429),
  fc.double({ noNaN: true }),
);

const text = fc.oneof(
  fc.constantFrom(...WORDS),
  number.map(String),
  fc.constantFrom("", " ", "0", "-1", "true", "null", "[DONE]", "data: x\n\n", "\r\n", "\u2028"),
  fc.string({ unit: "binary", maxLength: 12 }),
);

const scalar = fc.oneof(fc.constant(null), fc.boolean(), number, text);

/** A JSON value of any shape, up to three levels deep. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

/** Mostly what belongs there, now and then anything at all. */
export function mostly(usual: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: usual, weight: 7 }, { arbitrary: anyJson, weight: 1 });
}

/** An object in which each of these fields may be missing. */
function fields(model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  return fc.record(model, { requiredKeys: [], noNullPrototype: true });
}

const word = mostly(fc.constantFrom(...WORDS));

const metadata = mostly(
  fields({
    error_type: word,
    provider_name: mostly(fc.constant("Azure")),
    raw: anyJson,
    retry_after_seconds: mostly(number),
    headers: mostly(fields({ "Retry-After": scalar, "X-RateLimit-Reset": scalar, odd: text })),
    previous_errors: anyJson,
  }),
);

const availability = mostly(
  fields({ code: word, retryable: mostly(fc.boolean()), retry_after: mostly(number) }),
);

const errorObject = fields({
  message: mostly(text),
  code: mostly(fc.oneof(number, text)),
  type: word,
  param: mostly(text),
  metadata,
  error_type: word,
  http_status: mostly(number),
  status: mostly(number),
  status_code: mostly(number),
  availability,
  user_id: mostly(text),
});

/** What may stand under `error`: in every documented form, and in some that are not. */
const errorValue: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: errorObject, weight: 6 },
  { arbitrary: fc.constantFrom(null, false, true, 0, "", {}, []), weight: 2 },
  {
    arbitrary: fc.constantFrom({ code: 0, message: "", type: "" }, { code: null, message: null }),
    weight: 1,
  },
  { arbitrary: text, weight: 1 },
  { arbitrary: fc.array(errorObject, { maxLength: 2 }), weight: 1 },
  { arbitrary: anyJson, weight: 1 },
);

/** A body or an event that is an error: wrapped, bare, or the first of a list, or of two. */
export const errorBody: fc.Arbitrary<unknown> = fc.oneof(
  fields({
    error: errorValue,
    error_type: word,
    metadata,
    response: mostly(fields({ metadata, error_type: word })),
    id: mostly(text),
    user_id: mostly(text),
  }),
  errorObject,
  fc.tuple(fields({ error: errorValue })),
  fc.tuple(fc.tuple(errorObject)),
);

const finishReason = fc.oneof(
  { arbitrary: fc.constant(null), weight: 4 },
  { arbitrary: fc.constantFrom("stop", "length", "tool_calls"), weight: 3 },
  { arbitrary: fc.constantFrom("error", "content_filter", ""), weight: 1 },
  { arbitrary: anyJson, weight: 1 },
);

const nativeFinishReason = mostly(
  fc.constantFrom("stop", "network_error", "MALFORMED_FUNCTION_CALL", "error", null),
);

const answerText = fc.constantFrom("", "Hi", " ", "\u{1F600}", 'an "error" and [DONE]');

const message = mostly(
  fields({
    role: fc.constant("assistant"),
    content: mostly(fc.oneof(answerText, fc.constant(null))),
    reasoning: mostly(answerText),
    reasoning_details: mostly(
      fc.constantFrom(
        [],
        [{ type: "reasoning.text", text: "so" }],
        [{ type: "reasoning.text", text: "", signature: "" }],
        [{ type: "reasoning.text", signature: "c2lnbmVk" }],
      ),
    ),
    refusal: mostly(fc.constantFrom(null, "No.")),
    tool_calls: mostly(
      fc.constantFrom(
        [],
        [{ index: 0, function: { arguments: "{" } }],
        [{ index: 0, id: "call_1", type: "function", function: { name: "", arguments: "" } }],
        [{ index: 0, type: "function", function: { name: "", arguments: "" } }],
      ),
    ),
    audio: mostly(fc.constantFrom({}, { data: "AAAA" })),
  }),
);

/** A choice of an answer (`carrier` is `message`) or of an event (`delta`). */
function choice(carrier: "message" | "delta"): fc.Arbitrary<unknown> {
  return fields({
    index: mostly(fc.nat(2)),
    [carrier]: message,
    finish_reason: finishReason,
    native_finish_reason: nativeFinishReason,
    error: fc.oneof({ arbitrary: fc.constant(null), weight: 9 }, errorValue),
    text: mostly(fc.constantFrom("", "Hi")),
  });
}

/** A completion, healthy or not (`message`), or the data of an event (`delta`). */
export function completion(carrier: "message" | "delta"): fc.Arbitrary<unknown> {
  return fields({
    id: mostly(fc.constant("gen-1")),
    choices: mostly(fc.array(choice(carrier), { maxLength: 3 })),
    usage: mostly(fields({ completion_tokens: mostly(fc.nat(3)) })),
    error: fc.oneof({ arbitrary: fc.constant(null), weight: 9 }, errorValue),
    metadata,
  });
}
