import { beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { BODIES } from "../../bench/hostile/growth/bodies.ts";
import { startArena } from "../../bench/hostile/growth/measure.ts";
import { STREAMS } from "../../bench/hostile/growth/streams.ts";
import { startWatched } from "../../bench/watched-process.ts";
import { BINARY, buildBinary } from "../harness/candor-binary.ts";
import { connectTo, postBytes } from "../harness/raw-client.ts";
import { STREAM } from "../harness/raw-proxy.ts";
import { type RawExchange, startRawUpstream } from "../harness/raw-upstream.ts";
import { textEvent } from "../harness/stream-events.ts";

const MB = 1_000_000;

/** The largest that the default limits let in, and what Candor may take for one of them. */
const LARGEST_BODY = 33 * MB;
const LARGEST_EVENT = 16 * MB;
const MOST_FOR_ONE = 400 * MB;

/** Readers that stall, each in front of a flood, and what Candor may take for all. */
const READERS = 200;
const MOST_FOR_READERS = 300 * MB;
const LARGE = textEvent("x".repeat(16_384));
const PATIENCE_MS = 120_000;

beforeAll(buildBinary, PATIENCE_MS);

describe("the largest that the limits let in takes less than 400 MB:", () => {
  test.each([
    "open brackets",
    "small numbers",
    "texts that differ",
    "one text of escapes",
    "error 200: fractions",
    "held: one event of one text",
    "held: stray lines of one event",
    "relayed: one event of small numbers",
    "relayed: an error of escapes",
  ])(
    "%s",
    async (name) => {
      const payload = [...BODIES, ...STREAMS].find((one) => one.name === name);
      if (payload === undefined) throw new Error(`There is no attack ${name}.`);
      await using arena = await startArena([BINARY]);
      const size = payload.side === "stream" ? LARGEST_EVENT : LARGEST_BODY;
      const { status, peakBytes } = await arena.attack(payload, size);
      expect(status).toMatch(/^[2345]/);
      expect(peakBytes).toBeLessThan(MOST_FOR_ONE);
    },
    PATIENCE_MS,
  );
});

test(
  "two hundred readers that stall in front of floods take less than 300 MB",
  async () => {
    using upstream = startRawUpstream();
    const settings = {
      PORT: "0",
      OPENROUTER_API_KEY: "made-up",
      OPENROUTER_BASE_URL: upstream.url,
    };
    await using candor = await startWatched([BINARY], settings, () => {});
    let sentBytes = 0;
    const clients = await Promise.all(
      Array.from({ length: READERS }, async () => {
        const client = await connectTo(candor.url);
        client.send(postBytes(STREAM));
        client.pause();
        void flood(await upstream.next(), (bytes) => (sentBytes += bytes));
        return client;
      }),
    );
    // Until nothing moves any more, because all buffers on the way are full.
    for (let before = -1; before < sentBytes; await Bun.sleep(1000)) before = sentBytes;
    expect(sentBytes).toBeGreaterThan(READERS * LARGE.length);
    expect(peakOf(candor.pid)).toBeLessThan(MOST_FOR_READERS);
    for (const client of clients) client.reset();
  },
  PATIENCE_MS,
);

/** Sends events as fast as they are taken. */
async function flood(asked: RawExchange, onSent: (bytes: number) => void): Promise<void> {
  await asked.begin("text/event-stream");
  while (asked.isOpen()) {
    await asked.chunk(LARGE);
    onSent(LARGE.length);
  }
}

/** The most resident memory that a process has had, in bytes (proc(5)). */
function peakOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}
