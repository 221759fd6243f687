import { expect, test } from "bun:test";
import { record } from "../../contracts/observe/made-up-records.ts";
import { STATUS } from "../../contracts/page/page-server.ts";
import { EMPTY_MODEL, withMessage } from "./live-model.ts";
import { spansOf } from "./past-spans.ts";
import { mean, most, sparklineValues, sum } from "./sparkline-values.ts";
import type { FeedMessage } from "./wire.ts";

const FEATURES = { hasHistory: false, hasCapture: false, trials: [] };
const span = (at: number, exchanges = 1) => ({
  at,
  exchanges,
  failures: 0,
  hidden: 0,
  open: 0,
  held: 0,
});

function now(startedAt: number) {
  return { at: 5, open: [], openCount: 0, heldCount: 0, status: { ...STATUS, startedAt } };
}

const hello = (startedAt: number, ...numbers: number[]): FeedMessage => ({
  kind: "hello",
  features: FEATURES,
  recent: numbers.map((n) => ({ n, record: record() })),
  spans: [span(startedAt)],
  now: now(startedAt),
});

test("what a server says again is there once, what it said before a restart stays", () => {
  let model = withMessage(EMPTY_MODEL, hello(1, 1, 2));
  model = withMessage(model, hello(1, 2, 3));
  model = withMessage(model, hello(2, 1));
  expect(model.rows.map(({ id }) => id)).toEqual(["1-1", "1-2", "1-3", "2-1"]);
  expect(model.spans.map(({ at }) => at)).toEqual([1, 2]);
});

test("what ends comes behind, and no more than five hundred are kept", () => {
  let model = withMessage(EMPTY_MODEL, hello(1));
  const seen = Array.from({ length: 600 }, (_, index) => ({ n: index + 1, record: record() }));
  model = withMessage(model, { kind: "ended", seen });
  expect(model.rows).toHaveLength(500);
  expect(model.rows.at(-1)?.id).toBe("1-600");
});

test("a tick tells the latest spans anew, and what is open", () => {
  let model = withMessage(EMPTY_MODEL, hello(1));
  model = withMessage(model, { kind: "tick", spans: [span(1, 7), span(2, 1)], now: now(1) });
  expect(model.spans.map(({ exchanges }) => exchanges)).toEqual([7, 1]);
});

test("a sparkline shows half an hour from the start, five spans in one", () => {
  const spans = [span(0, 1), span(10_000, 2), span(20_000, 3)];
  const values = sparklineValues(spans, ({ exchanges }) => exchanges, sum);
  expect(values).toHaveLength(36);
  expect(values.at(-1)).toBe(6);
  expect(values.at(-2)).toBeNull();
  expect(sparklineValues(spans, ({ exchanges }) => exchanges, most).at(-1)).toBe(3);
  expect(sparklineValues(spans, ({ exchanges }) => exchanges, mean).at(-1)).toBe(2);
  expect(sparklineValues([], () => 1, sum)).toEqual([]);
});

test("a range of the past has as many spans, however long it is", () => {
  const records = [record({ at: 0, firstByteMs: 10 }), record({ at: 86_400_000 })];
  const spans = spansOf(records, 0, 86_400_000);
  expect(spans).toHaveLength(120);
  expect(spans[0]).toMatchObject({ exchanges: 1, firstP50: 10 });
  expect(spans.at(-1)?.exchanges).toBe(1);
  expect(sparklineValues(spans, ({ exchanges }) => exchanges, sum)[35]).toBe(1);
});
