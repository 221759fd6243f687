import { expect, test } from "bun:test";
import type { ExchangeRecord } from "../../observe/record.ts";
import { createHandover } from "./handover.ts";

test("a handover waits for what was open when it began, and for nothing else", async () => {
  const { sink, begin } = createHandover(0);
  const [before, during] = [createRecord(), createRecord()];
  sink.begin?.(before);
  const over = begin().then(() => "over");
  sink.begin?.(during);
  sink.end(during);
  sink.begin?.(during);
  expect(await Promise.race([over, twoTurns()])).toBe("not over");
  sink.end(before);
  expect(await over).toBe("over");
});

test("with nothing open it is over after the pause", async () => {
  expect(await createHandover(0).begin()).toBeUndefined();
});

/** Later than a timer of 0 ms. */
async function twoTurns(): Promise<string> {
  await turn();
  await turn();
  return "not over";
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2));
}

function createRecord(): ExchangeRecord {
  return {
    requestId: "r",
    method: "POST",
    path: "/proxy",
    route: "/proxy",
    at: 0,
    state: "relaying",
    facts: {},
    comments: 0,
    bytes: 0,
  };
}
