import { expect, test } from "bun:test";
import { loadFixtures } from "../src/tools/fixtures.ts";
import type { Recording } from "../src/tools/recording.ts";
import type { Dialect } from "../src/wire/dialect.ts";
import { NAMED } from "../src/wire/dialects/named.ts";
import { other } from "../src/wire/dialects/other.ts";
import { StreamJudge, type StreamEnding } from "../src/wire/stream-judge.ts";
import { cutFault } from "../src/wire/fault.ts";
import { recordedBody } from "./ways.ts";

/** What the client would get of a stream, and what was decided about it. */
interface Outcome {
  isDecided: boolean;
  ending: StreamEnding | undefined;
  relayed: string;
}

const STREAMS = [...loadFixtures()].filter(([, { response }]) =>
  new Headers(response.headers).get("content-type")?.startsWith("text/event-stream"),
);

/** How often a stream is split at a random set of places. */
const RANDOM_SPLITS = 50;

/** Judges a body whose chunks begin at 0 and at each of `places`. */
function judge(dialect: Dialect, body: Uint8Array, places: number[], isCut: boolean): Outcome {
  const judged = new StreamJudge(dialect, 1e6);
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
  const isCut = fixture.response.end === "reset";
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
  const isCut = fixture.response.end === "reset";
  const whole = judge(dialect, body, [], isCut);
  for (let round = 0; round < RANDOM_SPLITS; round++) {
    const share = Math.random() * 0.2;
    const places = Array.from(body.keys()).filter((place) => place > 0 && Math.random() < share);
    // Where this fails, the message holds the places.
    expect({ places, ...judge(dialect, body, places, isCut) }).toEqual({ places, ...whole });
  }
});
