import { expect, test } from "bun:test";
import type { ExchangeRecord } from "../observe/record.ts";
import { createHandover } from "./handover.ts";

test("a handover waits for what was open when it began, and for nothing else", async () => {
  const { sink, begin, answered } = createHandover();
  const [before, during] = [createRecord(), createRecord()];
  sink.begin?.(before);
  begin();
  const over = answered.then(() => "over");
  sink.begin?.(during);
  begin();
  sink.end(during);
  sink.begin?.(during);
  expect(await Promise.race([over, twoTurns()])).toBe("not over");
  sink.end(before);
  expect(await over).toBe("over");
});

test("with nothing open it is over at once", async () => {
  const { begin, answered, rested } = createHandover();
  begin();
  expect(await answered).toBeUndefined();
  expect(await rested()).toBeUndefined();
});

test("it rests after an answer that kept its connection, and not after those that closed theirs", async () => {
  const { sink, begin, rested } = createHandover(20);
  const [before, during] = [createRecord(), createRecord()];
  sink.begin?.(before);
  begin();
  sink.begin?.(during);
  sink.end(during);
  expect(await Promise.race([rested().then(() => "rested"), twoTurns()])).toBe("rested");
  const endedAt = performance.now();
  sink.end(before);
  await rested();
  expect(performance.now() - endedAt).toBeGreaterThanOrEqual(19);
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
