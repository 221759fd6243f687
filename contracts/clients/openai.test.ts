import { expect, test } from "bun:test";
import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  UnprocessableEntityError,
} from "openai";
import { startSimulator } from "../../src/commands/simulate/simulator.ts";
import { startCandor } from "../harness/candor.ts";
import { eventAnswer, inTurn, jsonAnswer, recordedAnswer } from "../harness/upstream-answers.ts";

const QUESTION: OpenAI.ChatCompletionCreateParamsNonStreaming = {
  model: "openai/gpt-4o-mini",
  messages: [{ role: "user", content: "Hello" }],
};
const MESSAGE = "The provider had its reasons.";
/** Keeps the pauses between retries short. */
const AT_ONCE: [string, string][] = [["retry-after-ms", "1"]];

/** What the SDK makes of a status: a class, with which `type` and `code`, after how many requests. */
type Failure = [status: number, { prototype: APIError }, type: string, code: string, number];

const failures: Failure[] = [
  [400, BadRequestError, "invalid_request_error", "invalid_request", 1],
  [401, AuthenticationError, "authentication_error", "invalid_api_key", 1],
  [402, APIError, "insufficient_quota", "insufficient_quota", 1],
  [403, PermissionDeniedError, "permission_error", "permission_denied", 1],
  [404, NotFoundError, "invalid_request_error", "not_found", 1],
  [408, APIError, "timeout_error", "timeout", 3],
  [409, ConflictError, "invalid_request_error", "invalid_request", 3],
  [413, APIError, "invalid_request_error", "payload_too_large", 1],
  [422, UnprocessableEntityError, "invalid_request_error", "unprocessable", 1],
  [429, RateLimitError, "rate_limit_error", "rate_limit_exceeded", 3],
  [500, InternalServerError, "server_error", "server_error", 3],
  [502, InternalServerError, "server_error", "provider_unavailable", 3],
  [503, InternalServerError, "server_error", "provider_overloaded", 3],
  [504, InternalServerError, "server_error", "timeout", 3],
  [524, InternalServerError, "server_error", "timeout", 3],
];
const error = (code: number) => ({ error: { code, message: MESSAGE } });

test.each(failures)(
  "a %i under its own status reaches the caller as what it is",
  async (...failure: Failure) => {
    await expectFailure(failure, jsonAnswer(failure[0], error(failure[0]), AT_ONCE), false);
  },
);

test.each(failures)(
  "a %i inside a 200 reaches the caller as what it is",
  async (...failure: Failure) => {
    await expectFailure(failure, jsonAnswer(200, error(failure[0]), AT_ONCE), false);
  },
);

test.each(failures)(
  "a %i in a stream's first event rejects `create`, so that no stream is opened",
  async (...failure: Failure) => {
    const event = { id: "gen-1", choices: [], ...error(failure[0]) };
    await expectFailure(failure, eventAnswer(event, AT_ONCE), true);
  },
);

test.each([true, false])(
  "a 429 in a 200 is tried again until upstream answers, with `stream: %p`",
  async (stream) => {
    const refusal = stream
      ? eventAnswer(error(429), AT_ONCE)
      : jsonAnswer(200, error(429), AT_ONCE);
    const answer = recordedAnswer(stream ? "stream-success" : "200-success");
    await using proxy = startCandor({ answer: inTurn(refusal, refusal, answer) });
    await connect(proxy.baseUrl).chat.completions.create({ ...QUESTION, stream });
    expect(proxy.simulator.requests).toHaveLength(3);
  },
);

test("an answer that breaks off in the middle is tried again", async () => {
  const answer = inTurn(recordedAnswer("200-padded-truncated"), recordedAnswer("200-success"));
  await using proxy = startCandor({ answer });
  const completion = await connect(proxy.baseUrl).chat.completions.create(QUESTION);
  expect(completion.choices[0]?.message.content).toBe("Hello!");
  expect(proxy.simulator.requests).toHaveLength(2);
});

test.each(["200-success", "200-tool-calls", "200-refusal", "200-two-choices"])(
  "a healthy answer is what upstream said: %s",
  async (name) => {
    const recorded = recordedAnswer(name);
    await using proxy = startCandor({ answer: () => recorded });
    const call = connect(proxy.baseUrl).chat.completions.create(QUESTION);
    const { data, request_id: requestId } = await call.withResponse();
    const [chunk] = recorded.chunks;
    expect<unknown>(data).toEqual(JSON.parse(chunk && "text" in chunk ? chunk.text : ""));
    expect(requestId).toBeString();
  },
);

test.each(["in a header", "in the body of a 200"])(
  "a quota whose reset, %s, is hours away is not tried again",
  async (place) => {
    const reset = String(Date.now() + 3 * 3_600_000);
    const metadata = { headers: { "X-RateLimit-Reset": reset } };
    const answer =
      place === "in a header"
        ? jsonAnswer(429, error(429), [["x-ratelimit-reset", reset]])
        : jsonAnswer(200, { error: { code: 429, message: MESSAGE, metadata } });
    await using proxy = startCandor({ answer: () => answer });
    const failure = await failureOf(connect(proxy.baseUrl).chat.completions.create(QUESTION));
    expect(failure.constructor).toBe(RateLimitError);
    expect(failure.headers?.get("x-ratelimit-reset")).toBe(reset);
    expect(proxy.simulator.requests).toHaveLength(1);
  },
);

test("a 402 that says when to come back is tried again", async () => {
  const refusal = jsonAnswer(402, error(402), [["retry-after", "0"]]);
  await using proxy = startCandor({ answer: inTurn(refusal, recordedAnswer("200-success")) });
  await connect(proxy.baseUrl).chat.completions.create(QUESTION);
  expect(proxy.simulator.requests).toHaveLength(2);
});

test.each<[number, boolean, number]>([
  [503, false, 1],
  [404, true, 3],
])("a %i with `availability.retryable: %p` is asked for %i times", async (...expected) => {
  const [code, retryable, requests] = expected;
  const body = { error: { code, message: MESSAGE, availability: { retryable } } };
  await using proxy = startCandor({ answer: () => jsonAnswer(200, body, AT_ONCE) });
  const failure = await failureOf(connect(proxy.baseUrl).chat.completions.create(QUESTION));
  expect(failure.status).toBe(code);
  expect(proxy.simulator.requests).toHaveLength(requests);
});

test.concurrent.each([
  ["a `Retry-After` of a second", () => jsonAnswer(429, error(429), [["retry-after", "1"]])],
  ["a hint of a second in the body", () => recordedAnswer("429-no-raw-retry-1")],
  [
    "a reset in a second",
    () => jsonAnswer(429, error(429), [["x-ratelimit-reset", String(Date.now() + 1000)]]),
  ],
])("%s is waited for", async (_hint, refusal) => {
  const receivedAt: number[] = [];
  const next = inTurn(refusal(), recordedAnswer("200-success"));
  await using proxy = startCandor({
    answer(request) {
      receivedAt.push(performance.now());
      return next(request);
    },
  });
  await connect(proxy.baseUrl).chat.completions.create(QUESTION);
  const [first = 0, second = 0] = receivedAt;
  // Without a hint the SDK comes back after half a second at the latest.
  expect(second - first).toBeGreaterThan(990);
});

test("without Candor, an error in a 200 is a success without choices, and is not tried again", async () => {
  const recorded = recordedAnswer("200-error-429-free-models-per-day");
  const simulator = startSimulator({ answer: () => recorded });
  const completion = await connect(simulator.url).chat.completions.create(QUESTION);
  expect(completion.choices).toBeUndefined();
  expect(simulator.requests).toHaveLength(1);
  await simulator.stop();
});

async function expectFailure(
  [status, errorClass, type, code, requests]: Failure,
  answer: ReturnType<typeof jsonAnswer>,
  stream: boolean,
): Promise<void> {
  await using proxy = startCandor({ answer: () => answer });
  const creation = connect(proxy.baseUrl).chat.completions.create({ ...QUESTION, stream });
  const failure = await failureOf(creation);
  expect<unknown>(failure.constructor).toBe(errorClass);
  expect(failure).toMatchObject({ status, type, code, param: null });
  expect(failure.message).toBe(`${status} ${MESSAGE}`);
  expect(failure.requestID).toBeString();
  expect(proxy.simulator.requests).toHaveLength(requests);
}

function connect(baseURL: string): OpenAI {
  return new OpenAI({ baseURL, apiKey: "test-key", maxRetries: 2 });
}

/** What a call rejects with, where that is an error of the SDK's. */
function failureOf(call: Promise<unknown>): Promise<APIError> {
  return call.then(
    () => {
      throw new Error("The call succeeded.");
    },
    (reason: unknown) => {
      if (reason instanceof APIError) return reason;
      throw reason;
    },
  );
}
