import { expect, test } from "bun:test";
import { inBand, record, repaired } from "../../contracts/observe/made-up-records.ts";
import type { ExchangeRecord } from "./record.ts";
import { createTimeline, SPAN_MS } from "./timeline.ts";

/** A timeline whose clock is set by hand. */
function timelineAt(start: number) {
  const clock = { now: start };
  const open = new Set<ExchangeRecord>();
  return { clock, open, timeline: createTimeline(open, () => clock.now) };
}

test("exchanges are counted in the span in which they end, healthy or not", () => {
  const { clock, timeline } = timelineAt(100_000);
  timeline.count(record());
  clock.now += SPAN_MS;
  timeline.count(repaired());
  timeline.count(inBand());
  timeline.count(repaired({ upstreamStatus: 429 }));
  expect(timeline.spans()).toMatchObject([
    { at: 100_000, exchanges: 1, failures: 0, hidden: 0 },
    { at: 110_000, exchanges: 3, failures: 3, hidden: 2 },
  ]);
});

test("spans without exchanges are there too, and no more than half an hour is kept", () => {
  const { clock, timeline } = timelineAt(100_000);
  timeline.count(record());
  clock.now += 3 * SPAN_MS;
  expect(timeline.spans().map(({ exchanges }) => exchanges)).toEqual([1, 0, 0, 0]);
  clock.now += 30 * 60_000 - SPAN_MS;
  expect(timeline.spans()).toHaveLength(180);
  clock.now += 365 * 86_400_000;
  expect(timeline.spans()).toHaveLength(1);
});

test("the median and the 95th percentile are those of streams that were relayed", () => {
  const { timeline } = timelineAt(0);
  for (let ms = 1; ms <= 100; ms++) timeline.count(record({ firstByteMs: ms }));
  timeline.count(repaired({ firstByteMs: 100_000 }));
  expect(timeline.spans()[0]).toMatchObject({ firstP50: 51, firstP95: 96 });
});

test("a million streams in a span keep no more times than two hundred", () => {
  const { timeline } = timelineAt(0);
  for (let index = 0; index < 10_000; index++) timeline.count(record({ firstByteMs: 500 }));
  expect(timeline.spans()[0]).toMatchObject({ exchanges: 10_000, firstP50: 500, firstP95: 500 });
});

test("of what is open, the most that was seen in a span counts", () => {
  const { open, timeline } = timelineAt(0);
  const held = record({ state: "holding" });
  open.add(held).add(record({ state: "relaying" }));
  timeline.sample();
  open.delete(held);
  expect(timeline.spans()[0]).toMatchObject({ open: 2, held: 1 });
});
