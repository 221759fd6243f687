import { describe, expect, test } from "bun:test";
import { readConfig } from "../config/config.ts";
import type { Ending } from "../core/steps.ts";
import type { ExchangeRecord } from "../observe/record.ts";
import { CHAT, type Endpoint, OTHER } from "./endpoint.ts";
import { createProxy, type ProxySettings } from "./proxy.ts";
import type { Send, UpstreamInit } from "./upstream-call.ts";

const ANSWER = JSON.stringify({ choices: [{ message: { content: "Hi" }, finish_reason: "stop" }] });
const EVENT = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "Hi" } }] })}\n\n`;

function settingsOf(given: Partial<ProxySettings>): ProxySettings {
  const reading = readConfig({ OPENROUTER_API_KEY: "test-key" }, []);
  if ("problems" in reading) throw new Error(reading.problems.join("\n"));
  return { ...reading.config, ...given };
}

/** A proxy whose upstream is a function, with all that it tells of its exchanges. */
function stage(send: Send, given: Partial<ProxySettings> = {}) {
  const records: ExchangeRecord[] = [];
  const calls: UpstreamInit[] = [];
  /** What the connection was told. */
  const told: string[] = [];
  const spy: Send = (url, init) => {
    calls.push(init);
    return send(url, init);
  };
  const sink = { end: (record: ExchangeRecord) => void records.push(record) };
  const proxy = createProxy(settingsOf(given), spy, { sinks: [sink] });
  const connection = {
    begin: () => void told.push("begin"),
    breakOff: () => void told.push("breakOff"),
    end: (ending: Ending, isRefused: boolean) => void told.push(`${ending} ${isRefused}`),
  };
  return {
    proxy,
    records,
    calls,
    told,
    ask: (request = post(), endpoint: Endpoint = CHAT) =>
      proxy.answer({ request, path: "/proxy", route: "/proxy" }, endpoint, connection),
  };
}

function post(more: object = {}, init: RequestInit = {}): Request {
  const messages = [{ role: "user", content: "Hi" }];
  const headers = { host: "localhost", "content-type": "application/json" };
  const body = JSON.stringify({ model: "m", messages, ...more });
  return new Request("http://localhost/proxy", { method: "POST", headers, body, ...init });
}

const healthy: Send = async () => Response.json(JSON.parse(ANSWER));

/** An upstream that answers with these events, and then says no more. */
const streaming =
  (...events: string[]): Send =>
  async (_url, { signal }) => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const event of events) controller.enqueue(new TextEncoder().encode(event));
        signal.addEventListener("abort", () => controller.error(signal.reason));
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };

describe("an exchange", () => {
  test("tells its connection when it begins and how it ends", async () => {
    const { ask, told, records } = stage(healthy);
    const response = await ask();
    expect(response.status).toBe(200);
    expect(response.headers.get("x-request-id")).toBe(records[0]?.requestId ?? "none");
    expect(told).toEqual(["begin", "whole false"]);
    expect(records).toHaveLength(1);
  });

  test("that is refused says so: what is left of the request's body is not waited for", async () => {
    const { ask, told, calls } = stage(healthy);
    expect((await ask(post({ messages: 7 }))).status).toBe(400);
    expect(told).toEqual(["begin", "whole true"]);
    expect(calls).toEqual([]);
  });

  test("that failed upstream is not refused", async () => {
    const { ask, told } = stage(async () => {
      throw Object.assign(new Error(), { code: "ConnectionRefused" });
    });
    expect((await ask()).status).toBe(502);
    expect(told).toEqual(["begin", "whole false"]);
  });

  test("whose stream was broken by upstream breaks its connection off", async () => {
    const { ask, told } = stage(streaming(EVENT), { streamIdleTimeoutMs: 10 });
    const reader = (await ask(post({ stream: true }))).body?.getReader();
    await reader?.read();
    expect(told).toEqual(["begin"]);
    const { value } = (await reader?.read()) ?? {};
    expect(new TextDecoder().decode(value)).toContain("STREAM_IDLE_TIMEOUT_MS");
    expect(told).toEqual(["begin", "breakOff", "broken-off false"]);
  });

  test("keeps an id of the caller's, where it can be one", async () => {
    const { ask, records } = stage(healthy);
    await ask(post({}, { headers: { ...JSON_FIELDS, "x-request-id": "req_1" } }));
    await ask(post({}, { headers: { ...JSON_FIELDS, "x-request-id": "no id" } }));
    expect(records.map(({ requestId }) => requestId)).toEqual([
      "req_1",
      expect.stringMatching(/^[\da-f-]{36}$/),
    ]);
  });

  test("is recorded with the model and whether a stream was asked for, and nothing else of it", async () => {
    const { ask, records } = stage(healthy);
    await ask(post({ model: "x".repeat(300) }));
    await ask(post({ model: 7 }));
    expect(records).toMatchObject([{ model: "x".repeat(200), stream: false }, {}]);
    expect(JSON.stringify(records)).not.toContain('"Hi"');
  });
});

const JSON_FIELDS = { host: "localhost", "content-type": "application/json" };

function fail(): never {
  throw new Error("a bug");
}

describe("a bug", () => {
  test("becomes one answer in the route's form and one record, and frees upstream", async () => {
    const broken: Endpoint = {
      ...CHAT,
      dialect: {
        ...CHAT.dialect,
        findAnswerFault: fail,
      },
    };
    const { ask, records, calls, told } = stage(healthy);
    const response = await ask(post(), broken);
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ error: { type: "server_error" } });
    expect(records).toMatchObject([{ status: 500, rule: "bug", cause: expect.any(String) }]);
    expect(calls[0]?.signal.aborted).toBe(true);
    expect(told).toEqual(["begin", "whole false"]);
  });

  test("in the check of a request is answered as well", async () => {
    const { ask, records } = stage(healthy);
    expect((await ask(post(), { ...CHAT, findFlaw: fail })).status).toBe(500);
    expect(records).toMatchObject([{ status: 500, rule: "bug" }]);
  });
});

describe("what is under way", () => {
  test("is limited by MAX_UPSTREAM_REQUESTS, and counts until its answer is over", async () => {
    const { ask } = stage(streaming(EVENT), { maxUpstreamRequests: 1 });
    const first = await ask(post({ stream: true }));
    expect((await ask()).status).toBe(503);
    await first.body?.cancel();
    const second = await ask(post({ stream: true }));
    expect(second.status).toBe(200);
    await second.body?.cancel();
  });

  test("is limited by MAX_IN_FLIGHT, before a request is read", async () => {
    const { ask } = stage(streaming(EVENT), { maxInFlight: 1 });
    const first = await ask(post({ stream: true }));
    const second = await ask();
    expect(second.status).toBe(503);
    expect(second.headers.get("retry-after")).toBe("1");
    await first.body?.cancel();
    const third = await ask(post({ stream: true }));
    expect(third.status).toBe(200);
    await third.body?.cancel();
  });

  test("is ended when the server stops: what is held as 503", async () => {
    const asked = Promise.withResolvers<void>();
    const upstream = streaming(": comment\n\n");
    const { ask, proxy, records } = stage((...call) => {
      asked.resolve();
      return upstream(...call);
    });
    const held = ask(post({ stream: true }));
    await asked.promise;
    proxy.shutDown();
    expect((await held).status).toBe(503);
    expect(records).toMatchObject([{ rule: "shutdown", status: 503 }]);
  });
});

test("once connections are to close, every answer says so", async () => {
  const { ask, proxy } = stage(healthy, { corsOrigins: ["https://app.test"] });
  const headers = { origin: "https://app.test", "access-control-request-method": "POST" };
  const preflight = new Request("http://localhost/proxy", { method: "OPTIONS", headers });
  const arrival = { request: post(), path: "/nowhere", route: "none" };
  const connections = async () => {
    const turnedDown = proxy.turnDown(arrival, { kind: "unknown-path", path: "/nowhere" });
    const guarded = proxy.guard(post(), new Response());
    const answers = [ask(), ask(post({ model: 1 })), ask(preflight), turnedDown, guarded];
    const heads = await Promise.all(answers);
    return heads.map((answer) => answer.headers.get("connection"));
  };
  expect(await connections()).toEqual([null, null, null, null, null]);
  proxy.closeConnections();
  expect(await connections()).toEqual(["close", "close", "close", "close", "close"]);
});

test("a preflight is answered without upstream, and is no exchange", async () => {
  const { ask, calls, records } = stage(healthy, { corsOrigins: ["https://app.test"] });
  const headers = { origin: "https://app.test", "access-control-request-method": "POST" };
  const request = new Request("http://localhost/proxy", { method: "OPTIONS", headers });
  const response = await ask(request);
  expect(response.status).toBe(204);
  expect(response.headers.get("access-control-allow-origin")).toBe("https://app.test");
  expect([calls, records]).toEqual([[], []]);
});

test("a request that no endpoint takes is turned down in the form it is given", async () => {
  const { proxy, records } = stage(healthy);
  const arrival = { request: post(), path: "/nowhere", route: "none" };
  const failure = { kind: "unknown-path", path: "/nowhere" } as const;
  const response = await proxy.turnDown(arrival, failure);
  expect(response.status).toBe(404);
  expect(records).toMatchObject([{ status: 404, rule: "unknown-path", route: "none" }]);
});

function get(): Request {
  return new Request("http://localhost/v1/models", { headers: { host: "localhost" } });
}

test("other endpoints take any method, and named ones POST alone", async () => {
  const { ask } = stage(healthy);
  expect((await ask(get(), OTHER)).status).toBe(200);
  expect((await ask(get(), CHAT)).status).toBe(405);
});
