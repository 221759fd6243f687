import { expect, test } from "bun:test";
import type { Ending } from "../core/steps.ts";
import type { Connection } from "../proxy/proxy.ts";
import { connectionOf } from "./client-connection.ts";

/** The idle limits, in seconds, that a request's connection gets while `use` has it. */
async function limitsWhile(
  use: (connection: Connection | undefined) => void,
  clientStallTimeoutMs = 60_000,
): Promise<number[]> {
  await using server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request, own) {
      use(connectionOf(own, request, clientStallTimeoutMs));
      return new Response();
    },
  });
  const limits: number[] = [];
  const given = server.timeout.bind(server);
  server.timeout = (request, seconds) => {
    limits.push(seconds);
    given(request, seconds);
  };
  await Bun.fetch(server.url);
  return limits;
}

test("the server's own idle limit does not hold within an exchange, which has limits of its own", async () => {
  expect(await limitsWhile((connection) => connection?.begin())).toEqual([0]);
});

test.each<[how: string, ending: Ending, isRefused: boolean, seconds: number]>([
  ["was answered", "whole", false, 60],
  // What is left of its body is not waited for.
  ["was refused", "whole", true, 10],
  ["stopped reading", "client-stalled", false, 1],
  ["was broken off", "broken-off", false, 1],
])(
  "a connection that %s has an idle limit of its own: %s",
  async (_how, ending, isRefused, seconds) => {
    const limits = await limitsWhile((connection) => connection?.end(ending, isRefused));
    expect(limits).toEqual([seconds]);
  },
);

test("to break a connection off, its idle limit becomes a second: what was sent arrives", async () => {
  expect(await limitsWhile((connection) => connection?.breakOff())).toEqual([1]);
});

test.each([
  [1000, 10],
  [10_001, 11],
  [600_000, 255],
])(
  "a limit of %d ms for a client that stalls is %d seconds of the server's",
  async (ms, seconds) => {
    expect(await limitsWhile((connection) => connection?.end("whole", false), ms)).toEqual([
      seconds,
    ]);
  },
);
