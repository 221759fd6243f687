import { describe, expect, test } from "bun:test";
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { Recording } from "../../src/recordings/recording.ts";
import { type Candor, HELLO, startCandor, withCandor } from "../harness/candor.ts";
import { CHAT } from "../harness/ways.ts";

const NullableString = Type.Union([Type.String(), Type.Null()]);
const ErrorBody = Type.Object({
  error: Type.Object({
    message: Type.String({ minLength: 1 }),
    type: Type.String(),
    param: NullableString,
    code: NullableString,
  }),
});

/** The error object of an answer. */
async function errorOf(response: Response) {
  const body = Value.Parse(ErrorBody, await response.json());
  return { status: response.status, ...body.error };
}

describe("what goes upstream", () => {
  test("the bytes of the body are the bytes that came", async () => {
    const body = `{ "messages":[{"role":"user","content":"é\\u00e9 \u{1F44B}"}],
      "seed": 12345678901234567890, "temperature": 1.0, "new_field": {"b":1,"a":[]}, "model":"m" }`;
    await withCandor({}, async (candor) => {
      expect((await candor.post(body)).status).toBe(200);
      expect(new TextDecoder().decode(candor.received[0]?.body)).toBe(body);
      expect(candor.received[0]?.path).toBe("/api/v1/chat/completions");
    });
  });

  test("a body without a length arrives whole", async () => {
    await withCandor({}, async (candor) => {
      const chunks = [HELLO.slice(0, 10), HELLO.slice(10)].values();
      const body = new ReadableStream({
        pull(controller) {
          const { value, done } = chunks.next();
          if (done) controller.close();
          else controller.enqueue(new TextEncoder().encode(value));
        },
      });
      const headers = { "content-type": "application/json" };
      const response = await Bun.fetch(`${candor.url}/proxy`, { method: "POST", headers, body });
      expect(response.status).toBe(200);
      expect(new TextDecoder().decode(candor.received[0]?.body)).toBe(HELLO);
    });
  });

  test("listed header fields cross, and no others", async () => {
    const crossing = {
      accept: "text/event-stream",
      "user-agent": "test/1",
      "http-referer": "https://app.example",
      "x-title": "App",
      "x-openrouter-title": "App",
      "x-openrouter-anything": "1",
      "x-session-id": "s",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      tracestate: "a=b",
      "idempotency-key": "i",
      "anthropic-version": "2023-06-01",
      "anthropic-beta": "b",
    };
    const staying = {
      cookie: "session=1",
      "x-forwarded-for": "10.0.0.1",
      forwarded: "for=10.0.0.1",
      "x-candor-hold-ms": "10",
      "proxy-authorization": "Basic eA==",
      te: "trailers",
      "x-other": "1",
      "x-openrouter-hop": "1",
      connection: "keep-alive, x-openrouter-hop",
    };
    await withCandor({}, async (candor) => {
      expect((await candor.post(HELLO, { ...crossing, ...staying })).status).toBe(200);
      const {
        host: _host,
        connection: _connection,
        ...seen
      } = candor.received[0]?.headers.toJSON() ?? {};
      expect(seen).toEqual({
        ...crossing,
        authorization: "Bearer test-key",
        "content-type": "application/json",
        "content-length": String(HELLO.length),
        "accept-encoding": "identity",
      });
    });
  });
});

describe("a request that OpenRouter is sure to reject", () => {
  test.each([
    ["[]", null],
    ["1", null],
    ["{}", "messages"],
    ['{"messages":[]}', "messages"],
    ['{"messages":"Hello"}', "messages"],
    ['{"messages":[1]}', "messages[0]"],
    ['{"messages":[{"content":"Hello"}]}', "messages[0].role"],
    ['{"messages":[{"role":"user","content":1}]}', "messages[0].content"],
    ['{"messages":[{"role":"user"}],"model":1}', "model"],
    ['{"messages":[{"role":"user"}],"models":["a",2]}', "models[1]"],
    ['{"messages":[{"role":"user"}],"stream":"true"}', "stream"],
    ['{"messages":[{"role":"user"}],"temperature":"1"}', "temperature"],
    ['{"messages":[{"role":"user"}', null],
    ["", null],
  ])("%s is 400, and names %p", async (body, param) => {
    await withCandor({}, async (candor) => {
      expect(await errorOf(await candor.post(body))).toMatchObject({
        status: 400,
        type: "invalid_request_error",
        param,
      });
      expect(candor.received).toHaveLength(0);
    });
  });

  test("a body that is not UTF-8 is 400", async () => {
    await withCandor({}, async (candor) => {
      const body = Buffer.from(HELLO.replace("Hello", "caf\u00e9"), "latin1");
      const headers = { "content-type": "application/json" };
      const response = await Bun.fetch(`${candor.url}/proxy`, { method: "POST", headers, body });
      expect(response.status).toBe(400);
    });
  });

  test.each(["ten", "-1", "1.5", "600001"])("x-candor-hold-ms: %s is 400", async (value) => {
    await withCandor({}, async (candor) => {
      const response = await candor.post(HELLO, { "x-candor-hold-ms": value });
      expect(await errorOf(response)).toMatchObject({ status: 400, param: "x-candor-hold-ms" });
    });
  });

  test("another content type is 415, and says which header to send", async () => {
    await withCandor({}, async (candor) => {
      const response = await candor.post(HELLO, { "content-type": "text/plain" });
      const { status, message } = await errorOf(response);
      expect(status).toBe(415);
      expect(message).toContain("`Content-Type: application/json`");
    });
  });
});

describe("a Host that is none", () => {
  test.each(["a@b", "a b", "[::1", "caf\u00e9", ""])(
    "%j is refused in OpenAI's form, without a stack",
    async (host) => {
      await using candor = startCandor();
      const head = `POST /proxy HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n`;
      const answered = await askRaw(candor.url, `${head}content-length: 2\r\n\r\n{}`);
      expect(answered).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(answered).toContain('"type":"permission_error"');
      expect(candor.received).toHaveLength(0);
    },
  );
});

describe("a request that takes too much", () => {
  test("a body that does not come in time is 408, with a length and without", async () => {
    const settings = { REQUEST_TIMEOUT_MS: "50" };
    for (const framing of ["content-length: 100", "transfer-encoding: chunked"]) {
      await using candor = startCandor({ settings });
      const head = `POST /proxy HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n`;
      const answered = await askRaw(candor.url, `${head}${framing}\r\n\r\n`);
      expect(answered).toStartWith("HTTP/1.1 408 Request Timeout\r\n");
      expect(answered).toContain("REQUEST_TIMEOUT_MS");
      expect(candor.received).toHaveLength(0);
    }
  });

  test("beyond MAX_IN_FLIGHT it is 503 with Retry-After, until another has ended", async () => {
    const arrived = Promise.withResolvers<void>();
    const late: Recording["response"] = {
      status: 200,
      headers: [],
      chunks: [{ at: 60_000, text: " " }],
      end: "closed",
    };
    const answers = [late, CHAT.get("200-success")?.response].values();
    const answer = () => {
      arrived.resolve();
      return answers.next().value;
    };
    await using candor = startCandor({ settings: { MAX_IN_FLIGHT: "1" }, answer, timed: true });
    const leaving = new AbortController();
    const first = candor.post(HELLO, {}, leaving.signal).catch(() => "left");
    await arrived.promise;
    const refused = await candor.post(HELLO);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
    expect((await errorOf(refused)).message).toContain("MAX_IN_FLIGHT");
    leaving.abort();
    await candor.received[0]?.closed;
    expect(await first).toBe("left");
    expect((await candor.post(HELLO)).status).toBe(200);
  });
});

/** Sends bytes over a socket, and gives the first bytes that come back. */
async function askRaw(url: string, text: string): Promise<string> {
  const answered = Promise.withResolvers<string>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(url).port),
    socket: {
      open: (opened) => void opened.write(text),
      data: (_socket, bytes) => answered.resolve(bytes.toString()),
      close: () => answered.resolve("closed without a word"),
    },
  });
  const seen = await answered.promise;
  socket.end();
  return seen;
}

describe("a request that may well be good", () => {
  test.each([
    '{"prompt":"Hello"}',
    '{"messages":[{"role":"user","content":null}],"stream":null,"temperature":null}',
    '{"messages":[{"role":"assistant","tool_calls":[]}],"unknown":{"deep":[1]}}',
    '{"messages":[{"role":"tool","content":[{"type":"new_part"}],"tool_call_id":"1"}],"model":""}',
  ])("%s goes upstream", async (body) => {
    await withCandor({}, async (candor) => {
      await candor.post(body);
      expect(candor.received).toHaveLength(1);
    });
  });
});

describe("a route", () => {
  const asked: [string, string, number, string | null][] = [
    ["GET", "/proxy", 405, "POST"],
    ["DELETE", "/v1/chat/completions", 405, "POST"],
    ["POST", "/healthz", 405, "GET, HEAD"],
    ["GET", "/nowhere", 404, null],
    ["POST", "/proxy/more", 404, null],
  ];
  test.each(asked)("%s %s is %d as an OpenAI error", async (method, path, status, allow) => {
    await withCandor({}, async (candor) => {
      const response = await Bun.fetch(candor.url + path, { method });
      expect(response.headers.get("allow")).toBe(allow);
      expect(response.headers.get("content-type")).toBe("application/json");
      expect(response.headers.get("x-request-id")).not.toBeNull();
      expect(await errorOf(response)).toMatchObject({ status, type: "invalid_request_error" });
    });
  });

  test("gives the request id back, or one of its own in place of one that is none", async () => {
    await withCandor({}, async (candor: Candor) => {
      const given = await candor.post(HELLO, { "x-request-id": "req_123" });
      const forged = await candor.post(HELLO, { "x-request-id": 'a" b' });
      expect(given.headers.get("x-request-id")).toBe("req_123");
      expect(forged.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    });
  });
});
