import { expect, test } from "bun:test";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import {
  APICallError,
  generateText,
  jsonSchema,
  type LanguageModel,
  RetryError,
  streamText,
  type TextStreamPart,
  type ToolSet,
} from "ai";
import { startSimulator } from "../../src/commands/simulate/simulator.ts";
import { startCandor } from "../harness/candor.ts";
import { eventAnswer, inTurn, jsonAnswer, recordedAnswer } from "../harness/upstream-answers.ts";

const PROMPT = "What is the weather in Paris?";
const error = (code: number) => ({ error: { code, message: "The provider had its reasons." } });
/** Keeps the pauses between retries short. */
const AT_ONCE: [string, string][] = [["retry-after-ms", "1"]];

test.each([
  [400, false],
  [401, false],
  [402, false],
  [403, false],
  [404, false],
  [408, true],
  [429, true],
  [500, true],
  [503, true],
])("`generateText` rejects a hidden %i with that status, retryable: %p", async (...expected) => {
  const [statusCode, isRetryable] = expected;
  await using proxy = startCandor({ answer: () => jsonAnswer(200, error(statusCode)) });
  const failure = await generate(proxy.baseUrl, 0).catch((reason: unknown) => reason);
  expect(failure).toBeInstanceOf(APICallError);
  expect(failure).toMatchObject({
    statusCode,
    isRetryable,
    message: "The provider had its reasons.",
  });
  expect(proxy.simulator.requests).toHaveLength(1);
});

test("`generateText` gives a hidden 429 up after the retries that it was allowed", async () => {
  await using proxy = startCandor({ answer: () => jsonAnswer(200, error(429), AT_ONCE) });
  const failure = await generate(proxy.baseUrl, 2).catch((reason: unknown) => reason);
  expect(failure).toBeInstanceOf(RetryError);
  expect(failure).toMatchObject({ reason: "maxRetriesExceeded", lastError: { statusCode: 429 } });
  expect(proxy.simulator.requests).toHaveLength(3);
});

test("`generateText` does not try a hidden 402 again", async () => {
  await using proxy = startCandor({ answer: () => jsonAnswer(200, error(402), AT_ONCE) });
  const failure = await generate(proxy.baseUrl, 2).catch((reason: unknown) => reason);
  expect(failure).toMatchObject({ statusCode: 402 });
  expect(proxy.simulator.requests).toHaveLength(1);
});

test("`generateText` answers after a hidden 429 and an answer that broke off", async () => {
  const refusal = jsonAnswer(200, error(429), AT_ONCE);
  const cut = { ...recordedAnswer("200-padded-truncated") };
  cut.headers = [...cut.headers, ...AT_ONCE];
  await using proxy = startCandor({ answer: inTurn(refusal, cut, recordedAnswer("200-success")) });
  const { text, finishReason } = await generate(proxy.baseUrl, 2);
  expect({ text, finishReason }).toEqual({ text: "Hello!", finishReason: "stop" });
  expect(proxy.simulator.requests).toHaveLength(3);
});

test("`generateText` rejects half a text beside an error", async () => {
  await using proxy = startCandor({ answer: () => recordedAnswer("200-choice-error-partial") });
  const failure = await generate(proxy.baseUrl, 0).catch((reason: unknown) => reason);
  expect(failure).toMatchObject({ statusCode: 502, message: "Provider disconnected mid-stream" });
});

test("without Candor, half a text beside an error is a success", async () => {
  const simulator = startSimulator({ answer: () => recordedAnswer("200-choice-error-partial") });
  expect((await generate(simulator.url, 0)).text).toBe("partial output...");
  await simulator.stop();
});

test("without Candor, a hidden 429 is a 200 that is not tried again", async () => {
  const simulator = startSimulator({ answer: () => jsonAnswer(200, error(429), AT_ONCE) });
  const failure = await generate(simulator.url, 2).catch((reason: unknown) => reason);
  expect(failure).toMatchObject({
    statusCode: 200,
    isRetryable: false,
    message: "Invalid JSON response",
  });
  expect(simulator.requests).toHaveLength(1);
  await simulator.stop();
});

test.each([
  ["stream-success", { text: "Hello!" }],
  ["stream-comments-between-events", { text: "Hello" }],
  ["stream-success-recorded", { text: "test response" }],
  ["stream-reasoning", { reasoning: "Let me think.", text: "42" }],
])("`streamText` gives what a healthy stream says: %s", async (name, said) => {
  await using proxy = startCandor({ answer: () => recordedAnswer(name) });
  const seen = await stream(proxy.baseUrl);
  expect(seen).toEqual({ reasoning: "", errors: [], finishReason: "stop", ...said });
});

test("`streamText` gives the tool call of a stream", async () => {
  await using proxy = startCandor({ answer: () => recordedAnswer("stream-tool-calls") });
  const tools: ToolSet = { get_weather: { inputSchema: jsonSchema({ type: "object" }) } };
  const result = streamText({ model: modelAt(proxy.baseUrl), prompt: PROMPT, tools });
  const input = { city: "Paris" };
  expect(await result.toolCalls).toMatchObject([{ toolName: "get_weather", input }]);
});

test("`streamText` tries a stream again whose first event is a 429", async () => {
  const refusal = eventAnswer(error(429), AT_ONCE);
  await using proxy = startCandor({ answer: inTurn(refusal, recordedAnswer("stream-success")) });
  expect(await stream(proxy.baseUrl)).toMatchObject({ text: "Hello!", errors: [] });
  expect(proxy.simulator.requests).toHaveLength(2);
});

test("without Candor, `streamText` does not try it again", async () => {
  const refusal = eventAnswer(error(429), AT_ONCE);
  const simulator = startSimulator({ answer: inTurn(refusal, recordedAnswer("stream-success")) });
  expect(await stream(simulator.url)).toMatchObject({ text: "", finishReason: "error" });
  expect(simulator.requests).toHaveLength(1);
  await simulator.stop();
});

test("`streamText` reports a stream whose first event is an error with its status", async () => {
  await using proxy = startCandor({ answer: () => eventAnswer(error(402)) });
  const { errors, text } = await stream(proxy.baseUrl);
  expect(text).toBe("");
  expect(errors).toMatchObject([{ statusCode: 402, isRetryable: false }]);
  expect(errors[0]).toBeInstanceOf(APICallError);
});

const PROVIDER_UNAVAILABLE = { code: "502", statusCode: 502, isRetryable: true };

// The failure comes in two events, for clients that read only one of them, and the SDK reports both.
test.each([
  ["stream-429-after-content", "Hello", { code: 429, statusCode: 429, isRetryable: true }],
  ["stream-cut-after-content", "Hello", PROVIDER_UNAVAILABLE],
  ["stream-cut-inside-event", "Hel", PROVIDER_UNAVAILABLE],
  ["stream-ends-without-finish", "Hel", PROVIDER_UNAVAILABLE],
])("`streamText` reports what broke an answer off, after its text: %s", async (...expected) => {
  const [name, text, failure] = expected;
  await using proxy = startCandor({
    answer: () => recordedAnswer(name),
    settings: { BREAK_STREAMS: "never" },
  });
  const seen = await stream(proxy.baseUrl);
  expect(seen).toMatchObject({ text, finishReason: "error", errors: [failure, failure] });
});

const BREAK_LIMIT_MS = 15_000;

test(
  "a cut is reported by `streamText` before its stream breaks off",
  async () => {
    await using proxy = startCandor({ answer: () => recordedAnswer("stream-cut-after-content") });
    const { reading, reason } = await brokenStream(proxy.baseUrl);
    expect(reading).toMatchObject({ text: "Hello", errors: [PROVIDER_UNAVAILABLE, {}] });
    expect(reason).toMatchObject({ isRetryable: true, cause: { code: "ECONNRESET" } });
  },
  BREAK_LIMIT_MS,
);

test("without Candor, a cut breaks the stream off, and nothing is reported before", async () => {
  const simulator = startSimulator({ answer: () => recordedAnswer("stream-cut-after-content") });
  const { reading, reason } = await brokenStream(simulator.url);
  expect(reading).toMatchObject({ text: "Hello", errors: [] });
  expect(reason).toMatchObject({ isRetryable: true, cause: { code: "ECONNRESET" } });
  await simulator.stop();
});

function generate(url: string, maxRetries: number) {
  return generateText({ model: modelAt(url), prompt: PROMPT, maxRetries });
}

function modelAt(baseURL: string): LanguageModel {
  return createOpenAICompatible({ name: "candor", baseURL, apiKey: "test-key" })("any");
}

/** What a reader of `fullStream` saw. The errors also went to `onError`, each of them once. */
interface Reading {
  text: string;
  reasoning: string;
  errors: unknown[];
  finishReason: string | undefined;
}

async function stream(url: string): Promise<Reading> {
  const reading = emptyReading();
  await streamInto(reading, url);
  return reading;
}

/** What was seen until the stream broke off, and what its reader threw. */
async function brokenStream(url: string): Promise<{ reading: Reading; reason: unknown }> {
  const reading = emptyReading();
  const reason = await streamInto(reading, url).then(
    () => "the stream ended as if it were whole",
    (thrown: unknown) => thrown,
  );
  return { reading, reason };
}

async function streamInto(reading: Reading, url: string): Promise<void> {
  const reported: unknown[] = [];
  const { fullStream } = streamText({
    model: modelAt(url),
    prompt: PROMPT,
    maxRetries: 1,
    onError: ({ error: reason }) => void reported.push(reason),
  });
  for await (const part of fullStream) note(part, reading);
  expect(reported).toEqual(reading.errors);
}

function emptyReading(): Reading {
  return { text: "", reasoning: "", errors: [], finishReason: undefined };
}

function note(part: TextStreamPart<ToolSet>, reading: Reading): void {
  if (part.type === "text-delta") reading.text += part.text;
  if (part.type === "reasoning-delta") reading.reasoning += part.text;
  if (part.type === "error") reading.errors.push(part.error);
  if (part.type === "finish") reading.finishReason = part.finishReason;
}
