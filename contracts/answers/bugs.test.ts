import { expect, test } from "bun:test";
import type { ExchangeRecord } from "../../src/observe/record.ts";
import { chat } from "../../src/core/dialects/chat.ts";
import { isObject } from "../../src/core/json.ts";
import type { Endpoint } from "../../src/proxy/endpoint.ts";
import { appOf } from "../harness/app.ts";
import { eventOf, textEvent } from "../harness/stream-events.ts";
import type { Send } from "../../src/proxy/upstream-call.ts";
import { configure } from "../harness/ways.ts";

const STREAM = "text/event-stream";
const TRAP = eventOf({ trap: true });

/** Chat completions with a mistake in them: a request, an answer or an event can be a trap. */
const FAULTY: typeof chat = {
  ...chat,
  findAnswerFault(answer, request) {
    stumbleAt(answer);
    return chat.findAnswerFault(answer, request);
  },
  readEvent(data, hasSpoken) {
    stumbleAt(data);
    return chat.readEvent(data, hasSpoken);
  },
};

const FAULTY_ENDPOINT: Endpoint = {
  dialect: FAULTY,
  findFlaw(request) {
    stumbleAt(request);
    return undefined;
  },
};

function stumbleAt(value: unknown): void {
  if (isObject(value) && "trap" in value) throw new TypeError("The words of a caller");
}

/** The application with that mistake, before an upstream that answers in these chunks. */
function createFaultyApp(type: string, ...chunks: string[]) {
  const entries: ExchangeRecord[] = [];
  let isAborted = false;
  const send: Send = async (_url, { signal }) => {
    signal.addEventListener("abort", () => (isAborted = true));
    const left = chunks.map((chunk) => new TextEncoder().encode(chunk));
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = left.shift();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
    });
    return new Response(body, { headers: { "content-type": type } });
  };
  const config = configure({ MAX_IN_FLIGHT: "1" });
  const sink = { end: (record: ExchangeRecord) => void entries.push(record) };
  const app = appOf(config, send, [sink], [FAULTY_ENDPOINT]);
  const ask = (fields: object = {}) => {
    const headers = { "content-type": "application/json", host: "localhost" };
    const messages = [{ role: "user", content: "Hello" }];
    const request = JSON.stringify({ messages, stream: type === STREAM, ...fields });
    const address = "http://localhost/v1/chat/completions";
    return app.handle(new Request(address, { method: "POST", headers, body: request }));
  };
  return { ask, entries, isAborted: () => isAborted };
}

/** What a client is told of a bug: that it is one, without any detail. */
const BUG = {
  error: {
    message: "500 Internal Server Error: The proxy failed. This is a bug.",
    type: "server_error",
    param: null,
    code: "server_error",
  },
};

test.each([
  ["an answer", "application/json", '{"trap":true,"choices":[]}'],
  ["the first event of a stream", STREAM, TRAP],
])("a bug in the judgement of %s is 500, and not said of upstream", async (_of, type, body) => {
  const { ask, entries, isAborted } = createFaultyApp(type, body);
  const response = await ask();
  expect([response.status, await response.json()]).toEqual([500, BUG]);
  expect(entries).toMatchObject([{ status: 500, outcome: "bug", rule: "bug" }]);
  expect(entries[0]?.cause).toStartWith("TypeError at ");
  expect(isAborted()).toBe(true);
});

test("a bug behind the status line breaks the connection off, so that no answer looks complete", async () => {
  const { ask, entries } = createFaultyApp(STREAM, textEvent("Hello"), TRAP);
  const response = await ask();
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
  expect(entries).toMatchObject([{ status: 200, outcome: "bug", rule: "bug" }]);
  expect(entries[0]?.cause).toStartWith("TypeError at ");
});

test("a bug in the check of a request gives its place in MAX_IN_FLIGHT back", async () => {
  const { ask, entries } = createFaultyApp(STREAM, textEvent("Hello"));
  for (let count = 0; count < 2; count++) {
    const response = await ask({ trap: true });
    expect([response.status, await response.json()]).toEqual([500, BUG]);
  }
  expect(entries.map(({ outcome }) => outcome)).toEqual(["bug", "bug"]);
});
