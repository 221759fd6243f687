import { expect, jest, test } from "bun:test";
import { DenseSet } from "../core/dense-set.ts";
import { SHUTDOWN, UPSTREAM_TIMEOUT } from "../core/give-up.ts";
import type { ClientRequest } from "./client-request.ts";
import { type Send, UpstreamCall } from "./upstream-call.ts";

const SETTINGS = { openrouterBaseUrl: "http://upstream.test", upstreamTimeoutMs: 1000 };

/** A call for a client that leaves when `leaving` is aborted. */
function callFor(leaving: AbortController) {
  const client: ClientRequest = {
    kind: "client-request",
    method: "POST",
    target: "/chat/completions",
    headers: new Headers(),
    signal: leaving.signal,
    bytes: new Uint8Array(1),
    body: {},
    holdMs: 0,
    isForwarded: false,
  };
  const openCalls = new DenseSet<UpstreamCall>();
  return { client, call: new UpstreamCall(leaving.signal, SETTINGS, openCalls), openCalls };
}

test.each(["before", "after"])(
  "a client that left %s the call was opened aborts it",
  async (when) => {
    const leaving = new AbortController();
    if (when === "before") leaving.abort();
    const { call, client } = callFor(leaving);
    leaving.abort();
    const answer = await call.send(async (_url, { signal }) => {
      signal.throwIfAborted();
      return new Response();
    }, client);
    expect(answer).toEqual({ kind: "client-gone" });
    expect(call.failure).toEqual({ kind: "client-gone" });
    call.close();
  },
);

test("the body of a request is let go of when it is sent: it may be large", async () => {
  const { call, client } = callFor(new AbortController());
  const answer = await call.send(async (_url, { body }) => new Response(`${body?.length}`), client);
  expect(client.bytes).toBeUndefined();
  expect(answer instanceof Response && (await answer.text())).toBe("1");
});

test("the first reason for which a call is given up is kept", async () => {
  const { call } = callFor(new AbortController());
  call.giveUp(UPSTREAM_TIMEOUT);
  call.giveUp(SHUTDOWN);
  expect(call.failure).toEqual({ kind: "upstream-timeout", afterMs: 1000 });
});

test("a call is one of the open ones until it is closed", () => {
  const { call, openCalls } = callFor(new AbortController());
  expect([...openCalls]).toEqual([call]);
  call.close();
  expect(openCalls.size).toBe(0);
});

test("once it is closed, a call is not given up any more", () => {
  const { call } = callFor(new AbortController());
  call.close();
  call.giveUp(SHUTDOWN);
  expect(call.failure).toBeUndefined();
});

/** What a call gives whose `send` throws this. */
function failing(error: unknown) {
  const { call, client } = callFor(new AbortController());
  return call.send(async () => {
    throw error;
  }, client);
}

test("an upstream that cannot be reached is a failure with its code, or the name of the error", async () => {
  const refused = Object.assign(new Error("x"), { code: "ECONNREFUSED" });
  expect(await failing(refused)).toEqual({
    kind: "unreachable",
    reason: "ECONNREFUSED",
    code: "ECONNREFUSED",
  });
  expect(await failing(new TypeError("x"))).toMatchObject({ reason: "TypeError" });
  expect(await failing("x")).toMatchObject({ reason: "unknown error" });
});

test("a call without upstream's headers in time is given up, and one with them is not", async () => {
  jest.useFakeTimers();
  const { call, client } = callFor(new AbortController());
  const answer = call.send(
    (_url, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal))),
    client,
  );
  jest.advanceTimersByTime(1000);
  expect(await answer).toEqual({ kind: "upstream-timeout", afterMs: 1000 });
  const quick = callFor(new AbortController());
  await quick.call.send(async () => new Response(), quick.client);
  jest.advanceTimersByTime(1000);
  expect(quick.call.failure).toBeUndefined();
  jest.useRealTimers();
});

test("what is sent is the client's request, without a body where it has none", async () => {
  const { call, client } = callFor(new AbortController());
  let sent: unknown;
  const send: Send = async (url, { method, body, redirect }) => {
    sent = { url, method, body, redirect };
    return new Response();
  };
  await call.send(send, { ...client, method: "GET", bytes: new Uint8Array() });
  const url = "http://upstream.test/chat/completions";
  expect(sent).toEqual({ url, method: "GET", body: undefined, redirect: "manual" });
});
