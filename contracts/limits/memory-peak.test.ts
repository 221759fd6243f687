import { beforeAll, describe, expect, test } from "bun:test";
import { BODIES } from "../../bench/hostile/growth/bodies.ts";
import { startArena } from "../../bench/hostile/growth/measure.ts";
import { STREAMS } from "../../bench/hostile/growth/streams.ts";
import { BINARY, buildBinary } from "../harness/candor-binary.ts";

const MB = 1_000_000;

/** The largest that the default limits let in, and what Candor may take for one of them. */
const LARGEST_BODY = 33 * MB;
const LARGEST_EVENT = 16 * MB;
const MOST_FOR_ONE = 400 * MB;

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
