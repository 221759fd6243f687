import { expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { loadFixtures } from "../../src/recordings/fixtures.ts";
import { chunkBytes, type Recording } from "../../src/recordings/recording.ts";
import type { Dialect } from "../../src/core/dialect.ts";
import { NAMED } from "../../src/core/dialects/named.ts";
import { other } from "../../src/core/dialects/other.ts";
import { StreamJudge, type StreamEnding } from "../../src/core/stream-judge.ts";
import { cutFault } from "../../src/core/fault.ts";
import { recordedBody, throughMsw } from "../harness/ways.ts";

/** What the client would get of a stream, and what was decided about it. */
interface Outcome {
  isDecided: boolean;
  ending: StreamEnding | undefined;
  relayed: string;
}

const FIXTURES = [...loadFixtures()];
const STREAMS = FIXTURES.filter(([, { response }]) =>
  new Headers(response.headers).get("content-type")?.startsWith("text/event-stream"),
);

/** How often a stream is split at a random set of places. */
const RANDOM_SPLITS = 50;

// A long stream is judged a thousand times.
setDefaultTimeout(60_000);

/** A body comes byte by byte up to here, and the rest at once. */
const MOST_CHUNKS = 1000;

/** Judges a body whose chunks begin at 0 and at each of `places`. */
function judge(dialect: Dialect, body: Uint8Array, places: number[], isCut: boolean): Outcome {
  const judged = new StreamJudge(dialect, { maxEventBytes: 1e6 });
  const relayed: Uint8Array[] = [];
  const bounds = [0, ...places, body.length];
  for (const [index, start] of bounds.slice(0, -1).entries()) {
    const reading = judged.feed(body.subarray(start, bounds[index + 1]));
    relayed.push(...reading.bytes);
    if (reading.ending !== undefined) return outcome(judged.isDecided, reading.ending, relayed);
  }
  const last = judged.end(isCut ? cutFault() : undefined);
  return outcome(judged.isDecided, last.ending, [...relayed, ...last.bytes]);
}

function dialectOf({ request }: Recording): Dialect {
  return NAMED.find(({ path }) => path === request.path) ?? other;
}

function outcome(isDecided: boolean, ending: StreamEnding | undefined, relayed: Uint8Array[]) {
  return { isDecided, ending, relayed: Buffer.concat(relayed).toString("latin1") };
}

test.each(STREAMS)("%s gives the same verdict and bytes, split at every byte", (_name, fixture) => {
  const dialect = dialectOf(fixture);
  const body = recordedBody(fixture);
  const isCut = fixture.response.end !== "closed";
  const whole = judge(dialect, body, [], isCut);
  for (let place = 1; place < body.length; place++) {
    expect(judge(dialect, body, [place], isCut)).toEqual(whole);
  }
  const everywhere = Array.from({ length: body.length - 1 }, (_, index) => index + 1);
  expect(judge(dialect, body, everywhere, isCut)).toEqual(whole);
});

test.each(STREAMS)("%s gives the same verdict and bytes, split at random", (_name, fixture) => {
  const dialect = dialectOf(fixture);
  const body = recordedBody(fixture);
  const isCut = fixture.response.end !== "closed";
  const whole = judge(dialect, body, [], isCut);
  const agrees = fc.property(placesIn(body, body.length / 10), (places) => {
    expect(judge(dialect, body, places, isCut)).toEqual(whole);
  });
  fc.assert(agrees, { numRuns: RANDOM_SPLITS });
});

test.each(FIXTURES)("%s shows a client the same, however its bytes come", async (name, fixture) => {
  // As it was sent: compressed, where it was.
  const body = Buffer.concat(fixture.response.chunks.map(chunkBytes));
  const whole = await throughMsw(name, fixture);
  const byteByByte = Array.from({ length: Math.min(body.length, MOST_CHUNKS) }, (_, i) => i + 1);
  expect(await throughMsw(name, splitAt(fixture, body, byteByByte))).toEqual(whole);
  const agrees = fc.asyncProperty(placesIn(body, 10), async (places) => {
    expect(await throughMsw(name, splitAt(fixture, body, places))).toEqual(whole);
  });
  await fc.assert(agrees, { numRuns: 3 });
});

/** Places between the bytes of a body, in order. */
function placesIn(body: Uint8Array, maxLength: number): fc.Arbitrary<number[]> {
  if (body.length < 2) return fc.constant([]);
  return fc
    .uniqueArray(fc.integer({ min: 1, max: body.length - 1 }), { maxLength: Math.ceil(maxLength) })
    .map((places) => places.toSorted((one, two) => one - two));
}

/** The same recording in other chunks. */
function splitAt(fixture: Recording, body: Uint8Array, places: number[]): Recording {
  const bounds = [0, ...places, body.length];
  const chunks = bounds.slice(0, -1).map((start, index) => {
    const bytes = body.subarray(start, bounds[index + 1]);
    return { at: 0, base64: Buffer.from(bytes).toString("base64") };
  });
  return { ...fixture, response: { ...fixture.response, chunks } };
}
