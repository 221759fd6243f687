import { expect, test } from "bun:test";
import { record, repaired } from "../../contracts/observe/made-up-records.ts";
import { createRing } from "./ring.ts";

test("the last exchanges are kept, in order, under numbers of their own", () => {
  const ring = createRing({ mostKept: 3 });
  for (let index = 1; index <= 5; index++) ring.sink.end(record({ requestId: "the same" }));
  expect(ring.recent().map(({ n }) => n)).toEqual([3, 4, 5]);
  expect(ring.find(5)?.record.requestId).toBe("the same");
  expect(ring.find(2)).toBeUndefined();
  expect(ring.find(6)).toBeUndefined();
});

test("what is open is told, the oldest first, until it ends", () => {
  const ring = createRing();
  const first = record({ state: "holding" });
  const second = record({ state: "waiting" });
  ring.sink.begin?.(first);
  ring.sink.begin?.(second);
  expect(ring.open()).toEqual([first, second]);
  ring.sink.end(first);
  expect(ring.open()).toEqual([second]);
});

test("exhibits go with their exchanges, and the oldest where there are too many", () => {
  const exhibit = { upstreamError: "x".repeat(40), answer: "y".repeat(10) };
  const ring = createRing({ mostKept: 3, mostExhibited: 100 });
  for (let index = 1; index <= 3; index++) ring.sink.end(repaired(), exhibit);
  expect([1, 2, 3].map((n) => ring.find(n)?.exhibit)).toEqual([undefined, exhibit, exhibit]);
  for (let index = 1; index <= 3; index++) ring.sink.end(record());
  ring.sink.end(repaired(), exhibit);
  expect(ring.find(7)?.exhibit).toBe(exhibit);
  expect(ring.find(3)).toBeUndefined();
});

test("whoever subscribes hears of every end, until it has heard enough", () => {
  const ring = createRing();
  const heard: number[] = [];
  const leave = ring.subscribe(({ n }) => heard.push(n));
  ring.sink.end(record());
  ring.sink.end(record());
  leave();
  ring.sink.end(record());
  expect(heard).toEqual([1, 2]);
});
