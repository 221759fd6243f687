import { expect, test } from "bun:test";
import type { ClientRequest } from "./client-request.ts";
import { readConfig } from "../config/config.ts";
import { DenseSet } from "../core/dense-set.ts";
import { UpstreamCall } from "./upstream-call.ts";

/** A call for a client that leaves when `leaving` is aborted. */
function callFor(leaving: AbortController) {
  const reading = readConfig({}, []);
  if ("problems" in reading) throw new Error(reading.problems.join());
  const client: ClientRequest = {
    kind: "client-request",
    method: "POST",
    target: "/chat/completions",
    headers: new Headers(),
    signal: leaving.signal,
    bytes: new Uint8Array(1),
    body: {},
    holdMs: 0,
  };
  const openCalls = new DenseSet<UpstreamCall>();
  return { call: new UpstreamCall(client, reading.config, openCalls), openCalls };
}

test.each(["before", "after"])(
  "a client that left %s the call was opened aborts it",
  async (when) => {
    const leaving = new AbortController();
    if (when === "before") leaving.abort();
    const { call } = callFor(leaving);
    leaving.abort();
    const isAborted = await call.send(async (_url, { signal }) => Response.json(signal.aborted));
    expect(await isAborted.json()).toBe(true);
    expect(call.explain(undefined)).toEqual({ kind: "client-gone" });
    call.close();
  },
);

test("a call is one of the open ones until it is closed", () => {
  const { call, openCalls } = callFor(new AbortController());
  expect([...openCalls]).toEqual([call]);
  call.close();
  expect(openCalls.size).toBe(0);
});
