import { expect, test } from "bun:test";
import { DenseSet } from "../core/dense-set.ts";
import { SHUTDOWN, UPSTREAM_TIMEOUT } from "../core/give-up.ts";
import type { ClientRequest } from "./client-request.ts";
import { UpstreamCall } from "./upstream-call.ts";

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
