import { describe, expect, test } from "bun:test";
import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  PermissionDeniedError,
  RateLimitError,
} from "openai";
import type { Recording } from "../../src/recordings/recording.ts";
import { type Simulator, startSimulator } from "../../src/commands/simulate/simulator.ts";
import { type Candor, startCandor } from "../harness/candor.ts";
import { inTurn } from "../harness/upstream-answers.ts";
import { fixtureOf, recordedBody } from "../harness/ways.ts";

type Event = OpenAI.Responses.ResponseStreamEvent;

const QUESTION = { model: "openai/gpt-4o-mini", input: "Hello" };

describe("a plain response", () => {
  test.each([
    "200-background-queued",
    "200-completed-empty",
    "200-error-null",
    "200-function-call",
    "200-incomplete",
    "200-reasoning",
    "200-refusal",
    "200-success",
  ])("that is healthy is what upstream said: %s", async (name) => {
    await using candor = startCandor({ answer: () => recorded(name) });
    const response = await connect(candor).responses.create(QUESTION);
    const said = JSON.parse(new TextDecoder().decode(recordedBody(fixtureOf(`responses/${name}`))));
    // The SDK adds the text of all messages.
    expect<unknown>(response).toEqual({ ...said, output_text: response.output_text });
  });

  test("gives its text to the caller", async () => {
    await using candor = startCandor({ answer: () => recorded("200-error-null") });
    const { output_text: text } = await connect(candor).responses.create(QUESTION);
    expect(text).toBe("Hello! How can I help you today?");
  });

  const failures: [
    name: string,
    { prototype: APIError },
    status: number,
    type: string,
    code: string,
    requests: number,
  ][] = [
    ["200-failed", AuthenticationError, 401, "authentication_error", "invalid_api_key", 1],
    ["200-failed-error-null", InternalServerError, 503, "server_error", "provider_overloaded", 3],
    ["200-failed-partial", InternalServerError, 502, "server_error", "provider_unavailable", 3],
    [
      "200-error-invalid-prompt",
      BadRequestError,
      400,
      "invalid_request_error",
      "invalid_prompt",
      1,
    ],
    [
      "200-content-policy",
      PermissionDeniedError,
      403,
      "permission_error",
      "image_content_policy_violation",
      1,
    ],
    ["200-no-output", InternalServerError, 502, "server_error", "provider_unavailable", 3],
    ["400-invalid-prompt", BadRequestError, 400, "invalid_request_error", "invalid_prompt", 1],
    ["403-guardrail", PermissionDeniedError, 403, "permission_error", "permission_denied", 1],
  ];
  test.each(failures)(
    "that failed reaches the caller as what it is: %s",
    async (name, errorClass, status, type, code, requests) => {
      await using candor = startCandor({ answer: () => recorded(name) });
      const error = await errorOf(connect(candor, 2).responses.create(QUESTION));
      expect<unknown>(error.constructor).toBe(errorClass);
      expect(error).toMatchObject({ status, type, code });
      expect(candor.received).toHaveLength(requests);
    },
  );

  test("that failed is asked for again until upstream answers", async () => {
    const failed = recorded("200-failed-error-null");
    const answer = inTurn(failed, failed, recorded("200-error-null"));
    await using candor = startCandor({ answer });
    const { status } = await connect(candor, 2).responses.create(QUESTION);
    expect(status).toBe("completed");
    expect(candor.received).toHaveLength(3);
  });
});

describe("a stream", () => {
  test.each([
    "stream-comments-and-done",
    "stream-completed-only",
    "stream-debug",
    "stream-function-call",
    "stream-image",
    "stream-incomplete",
    "stream-keep-alive-success",
    "stream-reasoning",
    "stream-response-done",
    "stream-success",
  ])("that is healthy is iterated to its end, event by event: %s", async (name) => {
    const { events, end } = await iterate(name);
    expect(end).toBe("silent");
    expect(events).toEqual(recordedEvents(name));
  });

  test.each([
    ["stream-success", "completed", "Hello!"],
    ["stream-reasoning", "completed", "Hello!"],
    ["stream-incomplete", "incomplete", "Once upon a"],
  ])("is put together by the SDK's own helper: %s", async (name, status, text) => {
    await using candor = startCandor({ answer: () => recorded(name) });
    const response = await connect(candor).responses.stream(QUESTION).finalResponse();
    expect(response).toMatchObject({ status, output_text: text });
  });

  test("gives its function call to the SDK's own helper", async () => {
    await using candor = startCandor({ answer: () => recorded("stream-function-call") });
    const { output } = await connect(candor).responses.stream(QUESTION).finalResponse();
    expect(output).toMatchObject([{ name: "get_weather", arguments: '{"city":"Paris"}' }]);
  });

  const failures: [
    name: string,
    { prototype: APIError },
    status: number,
    code: string,
    requests: number,
  ][] = [
    ["stream-error", AuthenticationError, 401, "invalid_api_key", 1],
    ["stream-error-unwrapped", RateLimitError, 429, "rate_limit_exceeded", 3],
    ["stream-response-error", RateLimitError, 429, "rate_limit_exceeded", 3],
    ["stream-failed", InternalServerError, 500, "server_error", 3],
    ["stream-failed-after-in-progress", InternalServerError, 503, "provider_overloaded", 3],
    ["stream-empty-item-then-failed", RateLimitError, 429, "rate_limit_exceeded", 3],
    ["stream-cut-before-content", InternalServerError, 502, "provider_unavailable", 3],
  ];
  test.each(failures)(
    "that fails before it says anything is not opened, and tried again where that helps: %s",
    async (name, errorClass, status, code, requests) => {
      await using candor = startCandor({ answer: () => recorded(name) });
      const client = connect(candor, 2);
      const error = await errorOf(client.responses.create({ ...QUESTION, stream: true }));
      expect<unknown>(error.constructor).toBe(errorClass);
      expect(error).toMatchObject({ status, code });
      expect(candor.received).toHaveLength(requests);
    },
  );

  const RATE_LIMIT = { type: "rate_limit_error", code: "rate_limit_exceeded" };
  const UNAVAILABLE = { type: "server_error", code: "provider_unavailable" };
  const broken: [name: string, text: string, error: object][] = [
    ["stream-failed-after-deltas", "Once upon", UNAVAILABLE],
    ["stream-error-after-deltas", "Once upon", RATE_LIMIT],
    ["stream-wrapped-error-after-deltas", "Once", { type: "server_error", code: "server_error" }],
    ["stream-cut-after-deltas", "Once", UNAVAILABLE],
    ["stream-ends-without-completed", "Hello!", UNAVAILABLE],
    ["stream-done-without-completed", "Hello", UNAVAILABLE],
  ];
  test.each(broken)(
    "that fails after its text came throws behind it, once: %s",
    async (name, text, error) => {
      const { events, end, requests } = await iterate(name);
      expect(textOf(events)).toBe(text);
      expect(end).toMatchObject({ status: undefined, ...error });
      expect(requests).toBe(1);
    },
  );

  test.each(broken)(
    "that fails after its text came rejects the SDK's own helper: %s",
    async (name, _text, error) => {
      await using candor = startCandor({ answer: () => recorded(name) });
      const response = connect(candor).responses.stream(QUESTION).finalResponse();
      expect(await errorOf(response)).toMatchObject(error);
    },
  );

  test("that was whole before an error came is whole", async () => {
    const { events, end } = await iterate("stream-error-after-completed");
    expect(end).toBe("silent");
    expect(events.at(-1)).toMatchObject({ type: "response.completed" });
  });
});

describe("without Candor", () => {
  test("a failed response is a success without text", async () => {
    await using upstream = startUpstream("200-failed-error-null");
    const response = await connectTo(upstream.url).responses.create(QUESTION);
    expect(response).toMatchObject({ status: "failed", output_text: "" });
  });

  test("the SDK's own helper takes a failed stream, and one that ends early, for answers", async () => {
    await using failed = startUpstream("stream-failed-after-deltas");
    const first = await connectTo(failed.url).responses.stream(QUESTION).finalResponse();
    expect(first).toMatchObject({ status: "failed", output_text: "Once upon" });
    await using early = startUpstream("stream-ends-without-completed");
    const second = await connectTo(early.url).responses.stream(QUESTION).finalResponse();
    expect(second).toMatchObject({ status: "in_progress", output_text: "Hello!" });
  });
});

/** What the SDK made of a stream: the events, then the error that it threw, or nothing. */
interface Iteration {
  events: Event[];
  end: APIError | "silent";
  /** How many requests reached upstream. */
  requests: number;
}

async function iterate(name: string): Promise<Iteration> {
  await using candor = startCandor({ answer: () => recorded(name) });
  const stream = await connect(candor, 2).responses.create({ ...QUESTION, stream: true });
  const events: Event[] = [];
  const read = async () => {
    for await (const event of stream) events.push(event);
    return "silent" as const;
  };
  const end = await read().catch(asApiError);
  return { events, end, requests: candor.received.length };
}

function asApiError(error: unknown): APIError {
  if (error instanceof APIError) return error;
  throw error;
}

/** The error with which a call of the SDK is rejected. */
async function errorOf(call: PromiseLike<unknown>): Promise<APIError> {
  const answer = await Promise.resolve(call).catch(asApiError);
  if (answer instanceof APIError) return answer;
  throw new Error(`The call succeeded: ${JSON.stringify(answer)}`);
}

/** What upstream did in a recording, with a hint that keeps the pauses between retries short. */
function recorded(name: string): Recording["response"] {
  const { response } = fixtureOf(`responses/${name}`);
  return { ...response, headers: [...response.headers, ["retry-after-ms", "1"]] };
}

function recordedEvents(name: string): Event[] {
  const text = new TextDecoder().decode(recordedBody(fixtureOf(`responses/${name}`)));
  const data = [...text.matchAll(/^data: (\{.*\})$/gm)].map(([, json = ""]) => json);
  return data.map((json): Event => JSON.parse(json));
}

function textOf(events: Event[]): string {
  const deltas = events.filter((event) => event.type === "response.output_text.delta");
  return deltas.map(({ delta }) => delta).join("");
}

function startUpstream(name: string): Simulator & AsyncDisposable {
  const simulator = startSimulator({ answer: () => recorded(name) });
  return { ...simulator, [Symbol.asyncDispose]: () => simulator.stop() };
}

function connect({ baseUrl }: Candor, maxRetries = 0): OpenAI {
  return connectTo(baseUrl, maxRetries);
}

function connectTo(baseURL: string, maxRetries = 0): OpenAI {
  return new OpenAI({ baseURL, apiKey: "test-key", maxRetries });
}
