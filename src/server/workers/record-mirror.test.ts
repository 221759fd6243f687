import { expect, test } from "bun:test";
import type { ExchangeRecord } from "../../observe/record.ts";
import { createRecordMirror } from "./record-mirror.ts";

test("an exchange is one object from its beginning to its end, whatever comes in between", () => {
  const { mirror, begun, ended } = createWatched();
  mirror.take({ open: [{ n: 1, record: recordIn("waiting") }], ended: [] });
  mirror.take({ open: [{ n: 1, record: recordIn("relaying") }], ended: [] });
  expect(begun).toMatchObject([{ state: "relaying" }]);
  mirror.take({ open: [], ended: [{ n: 1, record: recordIn("over") }] });
  expect(ended[0]).toBe(begun[0]);
  expect(ended).toMatchObject([{ state: "over" }]);
});

test("an exchange keeps its worker's number when it is over; one of another worker has none", () => {
  const { mirror, ended } = createWatched();
  mirror.take({ open: [], ended: [{ n: 7, record: recordIn("over") }] });
  expect(ended.map((record) => mirror.numberOf(record))).toEqual([7]);
  expect(createWatched().mirror.numberOf(recordIn("over"))).toBeUndefined();
});

test("an exchange that was too short to be seen open begins and ends", () => {
  const { mirror, begun, ended } = createWatched();
  mirror.take({ open: [], ended: [{ n: 1, record: recordIn("over") }] });
  expect([begun.length, ended.length]).toEqual([1, 1]);
});

test("what is open when a worker dies ends as a bug, in the log too, and nothing comes after", () => {
  const { mirror, begun, ended, logged } = createWatched();
  mirror.take({ open: [{ n: 1, record: recordIn("relaying") }], ended: [] });
  mirror.end("the worker ended by SIGKILL");
  const died = { state: "over", outcome: "bug", rule: "worker-died" };
  expect(ended).toMatchObject([{ ...died, cause: "the worker ended by SIGKILL" }]);
  expect(logged).toEqual(ended);
  mirror.take({ open: [], ended: [{ n: 1, record: recordIn("over") }] });
  expect([begun.length, ended.length]).toEqual([1, 1]);
});

function createWatched() {
  const begun: ExchangeRecord[] = [];
  const ended: ExchangeRecord[] = [];
  const logged: ExchangeRecord[] = [];
  const sink = {
    begin: (record: ExchangeRecord) => void begun.push(record),
    end: (record: ExchangeRecord) => void ended.push(record),
  };
  const mirror = createRecordMirror([sink], { end: (record) => void logged.push(record) });
  return { mirror, begun, ended, logged };
}

function recordIn(state: ExchangeRecord["state"]): ExchangeRecord {
  return {
    requestId: "r",
    method: "POST",
    path: "/proxy",
    route: "/proxy",
    at: Date.now(),
    state,
    facts: {},
    comments: 0,
    bytes: 0,
  };
}
