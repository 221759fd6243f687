import { expect, test } from "bun:test";
import type { Log, LogEntry } from "../../src/observe/log.ts";
import { createApp } from "../../src/server/app.ts";
import type { OpenRead } from "../../src/proxy/client-request.ts";
import { DenseSet } from "../../src/core/dense-set.ts";
import type { UpstreamCall } from "../../src/proxy/upstream-call.ts";
import { chat } from "../../src/core/dialects/chat.ts";
import { isObject } from "../../src/core/json.ts";
import { eventOf, textEvent } from "../harness/stream-events.ts";
import { configure } from "../harness/ways.ts";

const STREAM = "text/event-stream";
const TRAP = eventOf({ trap: true });

/** Chat completions with a mistake in them: a request, an answer or an event can be a trap. */
const FAULTY: typeof chat = {
  ...chat,
  findRequestFlaw(request) {
    stumbleAt(request);
    return chat.findRequestFlaw(request);
  },
  findAnswerFault(answer, request) {
    stumbleAt(answer);
    return chat.findAnswerFault(answer, request);
  },
  readEvent(data, hasSpoken) {
    stumbleAt(data);
    return chat.readEvent(data, hasSpoken);
  },
};

function stumbleAt(value: unknown): void {
  if (isObject(value) && "trap" in value) throw new TypeError("The words of a caller");
}

/** The application with that mistake, before an upstream that answers in these chunks. */
function createFaultyApp(type: string, ...chunks: string[]) {
  const bugs: unknown[] = [];
  const entries: LogEntry[] = [];
  const log: Log = {
    exchange: (entry) => entries.push(entry),
    info: () => {},
    error: (message, error) => bugs.push([message, error instanceof TypeError]),
    flush: async () => {},
  };
  const openCalls = new DenseSet<UpstreamCall>();
  const openReads = new DenseSet<OpenRead>();
  const send = async () => {
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
  const app = createApp({ config, send, log, openCalls, openReads, isReady: () => true }, [FAULTY]);
  const ask = (fields: object = {}) => {
    const headers = { "content-type": "application/json", host: "localhost" };
    const messages = [{ role: "user", content: "Hello" }];
    const request = JSON.stringify({ messages, stream: type === STREAM, ...fields });
    const address = "http://localhost/v1/chat/completions";
    return app.handle(new Request(address, { method: "POST", headers, body: request }));
  };
  return { ask, bugs, entries, openCalls };
}

/** What a client is told of a bug: that it is one, and nothing else. */
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
  const { ask, bugs, entries, openCalls } = createFaultyApp(type, body);
  const response = await ask();
  expect([response.status, await response.json()]).toEqual([500, BUG]);
  expect(bugs).toEqual([["bug", true]]);
  expect(entries).toMatchObject([{ status: 500, rule: "bug" }]);
  expect(openCalls.size).toBe(0);
});

test("a bug behind the status line breaks the connection off: no answer is taken for whole", async () => {
  const { ask, bugs, entries, openCalls } = createFaultyApp(STREAM, textEvent("Hello"), TRAP);
  const response = await ask();
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
  expect(bugs).toEqual([["bug", true]]);
  expect(entries).toMatchObject([{ status: 200, rule: "bug" }]);
  expect(openCalls.size).toBe(0);
});

test("a bug in the check of a request takes no place of MAX_IN_FLIGHT with it", async () => {
  const { ask, bugs } = createFaultyApp(STREAM, textEvent("Hello"));
  for (let count = 0; count < 2; count++) {
    const response = await ask({ trap: true });
    expect([response.status, await response.json()]).toEqual([500, BUG]);
  }
  expect(bugs).toHaveLength(2);
});
