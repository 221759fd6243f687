import type { Ring, Seen } from "../observe/ring.ts";
import type { FeedMessage, Now, PageFeatures, PageStatus } from "./wire.ts";

/** Feeds pages with what happens, as lines of JSON. */
export interface PageFeed {
  /** A body that goes on until its reader leaves; undefined where there are too many readers. */
  open(): ReadableStream<Uint8Array> | undefined;
  /** Ends all feeds. */
  close(): void;
}

/** What a feed tells of, beside exchanges. */
export interface FeedSources {
  ring: Ring;
  status: () => PageStatus;
  features: PageFeatures;
}

const MOST_READERS = 32;

/** How often exchanges that ended are told, and what is open now. */
const PACE = { batchMs: 250, tickMs: 1000 };

/** How many open exchanges are told one by one. */
const MOST_OPEN = 100;

/** How many messages may wait for a slow reader. Then nothing is sent, and all again once it has read. */
const MOST_WAITING = 8;

const encoder = new TextEncoder();

/** Creates the feed. It costs nothing while nobody reads it. */
export function createPageFeed(sources: FeedSources, pace = PACE): PageFeed {
  const readers = new Set<{ end: () => void }>();
  return {
    open() {
      if (readers.size >= MOST_READERS) return undefined;
      let reader: { end: () => void } | undefined;
      return new ReadableStream<Uint8Array>(
        {
          start(controller) {
            reader = startReader(controller, sources, pace);
            readers.add(reader);
          },
          cancel() {
            if (reader === undefined) return;
            reader.end();
            readers.delete(reader);
          },
        },
        { highWaterMark: MOST_WAITING },
      );
    },
    close() {
      for (const reader of readers) reader.end();
      readers.clear();
    },
  };
}

/** Sends to one reader, until it is ended. */
function startReader(
  controller: ReadableStreamDefaultController<Uint8Array>,
  { ring, status, features }: FeedSources,
  { batchMs, tickMs }: typeof PACE,
): { end: () => void } {
  let waiting: Seen[] = [];
  let isBehind = false;

  function send(message: FeedMessage): void {
    isBehind = (controller.desiredSize ?? 0) <= 0;
    if (!isBehind) controller.enqueue(encoder.encode(`${JSON.stringify(message)}\n`));
  }
  function hello(): void {
    const { timeline } = ring;
    waiting = [];
    const recent = ring.recent();
    send({ kind: "hello", features, recent, spans: timeline.spans(), now: readNow(ring, status) });
  }
  function tick(): void {
    if (isBehind) return hello();
    tell();
    send({ kind: "tick", spans: ring.timeline.spans().slice(-2), now: readNow(ring, status) });
  }
  function tell(): void {
    if (waiting.length === 0 || isBehind) return;
    send({ kind: "ended", seen: waiting });
    waiting = [];
  }
  const leave = ring.subscribe((seen) => {
    // A reader that is behind is told everything anew.
    if (!isBehind) waiting.push(seen);
  });
  hello();
  const timers = [setInterval(tick, tickMs), setInterval(tell, batchMs)];
  for (const timer of timers) timer.unref();
  return {
    end() {
      leave();
      for (const timer of timers) clearInterval(timer);
      try {
        controller.close();
      } catch {
        // The reader has left before.
      }
    },
  };
}

function readNow(ring: Ring, status: () => PageStatus): Now {
  const open = ring.open();
  return {
    at: Date.now(),
    open: open.slice(0, MOST_OPEN),
    openCount: open.length,
    heldCount: open.filter(({ state }) => state === "holding").length,
    status: status(),
  };
}
