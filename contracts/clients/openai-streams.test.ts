import { expect, test } from "bun:test";
import OpenAI, { APIError, RateLimitError } from "openai";
import { type Simulator, startSimulator } from "../../src/commands/simulate/simulator.ts";
import { startCandor } from "../harness/candor.ts";
import { eventAnswer, recordedAnswer } from "../harness/upstream-answers.ts";
import { CHAT, recordedBody } from "../harness/ways.ts";

type Event = OpenAI.ChatCompletionChunk;

const QUESTION: OpenAI.ChatCompletionCreateParamsStreaming = {
  model: "openai/gpt-4o-mini",
  messages: [{ role: "user", content: "What is the weather in Paris?" }],
  stream: true,
};

test.each([
  "stream-comments-between-events",
  "stream-content-about-errors",
  "stream-cr-success",
  "stream-crlf-success",
  "stream-done-without-blank-line",
  "stream-finish-no-done",
  "stream-reasoning",
  "stream-refusal",
  "stream-split-inside-character",
  "stream-success",
  "stream-success-recorded",
  "stream-tool-calls",
  "stream-two-choices",
])("a healthy stream is iterated to its end, event by event: %s", async (name) => {
  const { events, end } = await read(name);
  expect(end).toBe("silent");
  expect(events).toEqual(recordedEvents(name));
});

test("the text of a healthy stream is the recorded one", async () => {
  const { events } = await read("stream-success-recorded");
  expect(textOf(events)).toBe(textOf(recordedEvents("stream-success-recorded")));
  expect(textOf(events)).toBe("test response");
});

test("a streamed tool call is put together by the SDK's own helper", async () => {
  await using proxy = startCandor({ answer: () => recordedAnswer("stream-tool-calls") });
  const stream = connect(proxy.baseUrl).chat.completions.stream(QUESTION);
  const { choices } = await stream.finalChatCompletion();
  expect(choices[0]).toMatchObject({
    finish_reason: "tool_calls",
    message: {
      tool_calls: [{ function: { name: "get_weather", arguments: '{"city":"Paris"}' } }],
    },
  });
});

test("a token limit reported after the answer ends nothing, and the usage arrives", async () => {
  const { events, end } = await read("stream-token-limit-in-usage-chunk");
  expect(end).toBe("silent");
  expect(events).toHaveLength(4);
  expect(events[1]?.choices[0]?.finish_reason).toBe("length");
  expect(events.at(-1)?.usage).toMatchObject({ prompt_tokens: 43, total_tokens: 53 });
});

test.each([
  [
    "stream-429-after-content",
    "Hello",
    { type: "rate_limit_error", code: 429, message: "Rate limit exceeded" },
  ],
  [
    "stream-content-error-usage-done",
    "hi",
    { type: "server_error", code: 502, message: "Provider disconnected" },
  ],
])("an error amid a stream is thrown after the text that came: %s", async (name, text, error) => {
  const { events, end } = await read(name);
  expect(textOf(events)).toBe(text);
  expect(end).toMatchObject(error);
});

test.each([
  ["stream-cut-after-content", "Hello"],
  ["stream-cut-inside-event", "Hel"],
  ["stream-ends-without-finish", "Hel"],
])("a stream that breaks off throws after the text that came: %s", async (name, text) => {
  const { events, end } = await read(name);
  expect(textOf(events)).toBe(text);
  expect(end).toMatchObject({
    type: "server_error",
    code: "502",
    error: { status: 502, metadata: { error_type: "provider_unavailable" } },
  });
});

test("`x-candor-hold-ms` among a call's headers opens its stream before an error is known", async () => {
  const refusal = { error: { code: 429, message: "Rate limit exceeded" } };
  const answer = () => eventAnswer(refusal, [], 300);
  await using proxy = startCandor({ answer, timed: true });
  const { completions } = connect(proxy.baseUrl).chat;
  // The SDK's promise is no plain one: `rejects` would not wait for it.
  await expect(Promise.resolve(completions.create(QUESTION))).rejects.toThrow(RateLimitError);
  const headers = { "x-candor-hold-ms": "20" };
  const { events, end } = await iterate(await completions.create(QUESTION, { headers }));
  expect(events).toEqual([]);
  expect(end).toMatchObject({ status: undefined, code: 429 });
});

test("a stream opens when it was held long enough, though upstream has said nothing", async () => {
  const silent = { ...recordedAnswer("stream-success"), chunks: [{ at: 60_000, text: "" }] };
  await using candor = startCandor({ answer: () => silent, timed: true });
  const headers = { "x-candor-hold-ms": "20" };
  const { completions } = connect(candor.baseUrl).chat;
  // It resolves while upstream is silent, or not within the time of a test.
  const stream = await completions.create(QUESTION, { headers });
  stream.controller.abort();
});

test("a caller who leaves a stream ends it upstream too", async () => {
  const recorded = recordedAnswer("stream-success");
  const chunks = [...recorded.chunks.slice(0, 3), { at: 60_000, text: "data: [DONE]\n\n" }];
  await using proxy = startCandor({ answer: () => ({ ...recorded, chunks }), timed: true });
  const stream = await connect(proxy.baseUrl).chat.completions.create(QUESTION);
  for await (const event of stream) if (textOf([event]) !== "") break;
  await proxy.simulator.requests[0]?.closed;
  expect(proxy.simulator.openConnections()).toBe(0);
});

test("without Candor, a stream that only holds an error opens, and the error has no status", async () => {
  const { simulator, ...seen } = await readDirectly("stream-error-429-free-models-per-day");
  expect(seen.end).toMatchObject({ status: undefined, type: undefined, code: 429 });
  expect(simulator.requests).toHaveLength(1);
});

test("without Candor, a stream that breaks off ends as if it were whole", async () => {
  const { events, end } = await readDirectly("stream-ends-without-finish");
  expect(textOf(events)).toBe("Hel");
  expect(end).toBe("silent");
});

test("without Candor, a token limit reported after the answer is an error", async () => {
  const { end } = await readDirectly("stream-token-limit-in-usage-chunk");
  expect(end).toMatchObject({ message: "Token limit reached" });
});

/** What the SDK made of a stream: the events, then the error that it threw, or nothing. */
interface Iteration {
  events: Event[];
  end: APIError | "silent";
}

async function read(name: string): Promise<Iteration> {
  await using proxy = startCandor({ answer: () => recordedAnswer(name) });
  return iterate(await connect(proxy.baseUrl).chat.completions.create(QUESTION));
}

async function readDirectly(name: string): Promise<Iteration & { simulator: Simulator }> {
  const simulator = startSimulator({ answer: () => recordedAnswer(name) });
  const stream = await connect(simulator.url).chat.completions.create(QUESTION);
  const iteration = await iterate(stream);
  await simulator.stop();
  return { ...iteration, simulator };
}

async function iterate(stream: AsyncIterable<Event>): Promise<Iteration> {
  const events: Event[] = [];
  try {
    for await (const event of stream) events.push(event);
  } catch (error) {
    if (error instanceof APIError) return { events, end: error };
    throw error;
  }
  return { events, end: "silent" };
}

function connect(baseURL: string): OpenAI {
  return new OpenAI({ baseURL, apiKey: "test-key", maxRetries: 0 });
}

/** The events of a recording, each of which is one line of JSON here. */
function recordedEvents(name: string): Event[] {
  const fixture = CHAT.get(name);
  const text = fixture === undefined ? "" : new TextDecoder().decode(recordedBody(fixture));
  const data = [...text.matchAll(/^data: ?(\{.*\})$/gm)].map(([, json = ""]) => json);
  return data.map((json): Event => JSON.parse(json));
}

function textOf(events: Event[]): string {
  return events.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
}
