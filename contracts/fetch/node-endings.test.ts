import { beforeAll, expect, test } from "bun:test";
import { startSimulator } from "../../src/commands/simulate/simulator.ts";
import { recordedAnswer } from "../harness/upstream-answers.ts";
import { buildTheLibrary, runStrictly } from "./node.ts";

beforeAll(buildTheLibrary, 60_000);

test("on Node, aborts reject as with plain fetch, free upstream, and let the process end", async () => {
  const results = JSON.parse(await runStrictly("node-endings.ts"));
  const aborted = { name: "AbortError", message: "This operation was aborted" };
  expect(results).toEqual({
    "abort before headers, plain": aborted,
    "abort before headers, truthful": aborted,
    // Plain fetch has answered by then: it has nothing left to reject.
    "abort while held, plain": "fulfilled",
    "abort while held, truthful": aborted,
    "abort while read, plain": aborted,
    "abort while read, truthful": aborted,
    "cancel while read, plain": "fulfilled",
    "cancel while read, truthful": "fulfilled",
  });
}, 30_000);

test("on Node, an answer that nobody reads keeps no process alive", async () => {
  const simulator = startSimulator({ answer: () => recordedAnswer("stream-success") });
  expect(await runStrictly("node-unread.ts", { baseUrl: simulator.url })).toBe("200");
  await simulator.stop();
}, 30_000);
