import { expect, test } from "bun:test";
import { record, repaired } from "../../contracts/observe/made-up-records.ts";
import { STATUS } from "../../contracts/page/page-server.ts";
import { createRing } from "../observe/ring.ts";
import { createPageFeed } from "./page-feed.ts";
import type { FeedMessage } from "./wire.ts";

const FEATURES = { hasHistory: false, hasCapture: false, trials: [] };
const FAST = { batchMs: 1, tickMs: 1 };

/** The lines of a feed, one at a time. */
async function* messages(
  body: ReadableStream<Uint8Array> | undefined,
): AsyncGenerator<FeedMessage> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line);
  }
}

async function nextOf(feed: AsyncGenerator<FeedMessage>, kind: FeedMessage["kind"]) {
  for (;;) {
    const { value, done } = await feed.next();
    if (done === true) throw new Error("the feed has ended");
    if (value.kind === kind) return value;
  }
}

test("a feed begins with all there is, and goes on with what ends", async () => {
  const ring = createRing();
  ring.sink.end(record());
  ring.sink.begin?.(record({ state: "holding" }));
  const feed = createPageFeed({ ring, status: () => STATUS, features: FEATURES });
  const told = messages(feed.open());
  expect(await nextOf(told, "hello")).toMatchObject({
    recent: [{ n: 1 }],
    now: { openCount: 1, heldCount: 1, status: { version: "1.2.3" } },
  });
  ring.sink.end(repaired());
  expect(await nextOf(told, "ended")).toMatchObject({ seen: [{ n: 2 }] });
  expect(await nextOf(told, "tick")).toMatchObject({ now: { openCount: 1 } });
  feed.close();
});

test("a reader that has fallen behind is told everything anew, not everything it has missed", async () => {
  const ring = createRing();
  const ticks = Promise.withResolvers<void>();
  let asked = 0;
  const status = () => {
    asked += 1;
    if (asked === 30) ticks.resolve();
    return STATUS;
  };
  const feed = createPageFeed({ ring, status, features: FEATURES }, FAST);
  const told = messages(feed.open());
  // Nothing is read while more is told than may wait.
  await ticks.promise;
  ring.sink.end(record());
  await nextOf(told, "hello");
  expect(await nextOf(told, "hello")).toMatchObject({ recent: [{ n: 1 }] });
  feed.close();
});

test("there is a limit of readers, and a place for another once one has left", async () => {
  const feed = createPageFeed({ ring: createRing(), status: () => STATUS, features: FEATURES });
  const open = Array.from({ length: 32 }, () => feed.open());
  expect(feed.open()).toBeUndefined();
  await open[0]?.cancel();
  expect(feed.open()).toBeDefined();
  feed.close();
});
