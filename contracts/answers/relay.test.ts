import { afterAll, describe, expect, test } from "bun:test";
import { HELLO, startCandor } from "../harness/candor.ts";
import { expectedHeaders } from "../expected/expected-headers.ts";
import { expectedWith } from "../expected/expected.ts";
import { blocksOf, relayedBlocks } from "../expected/relayed-blocks.ts";
import {
  CHAT,
  fixtureOf,
  openSockets,
  recordedBody,
  throughMsw,
  type Way,
} from "../harness/ways.ts";

const sockets = openSockets();
afterAll(sockets.stop);

const ways: [string, Way][] = [
  ["through MSW", throughMsw],
  ["over sockets", sockets.way],
];
for (const [wayName, way] of ways) {
  describe(wayName, () => {
    test.each(expectedWith("untouched"))(
      "a healthy answer arrives byte for byte: %s",
      async (name, expectation) => {
        const fixture = fixtureOf(name);
        const seen = await way(name, fixture);
        expect([seen.status, seen.isBroken]).toEqual([fixture.response.status, false]);
        const headers = expectedHeaders(expectation, fixture);
        expect(seen.headers).toEqual(headers);
        const recorded = recordedBody(fixture);
        const isStream = headers["content-type"]?.startsWith("text/event-stream") ?? false;
        const relayed = isStream ? relayedBlocks(recorded).join("") : latin1(recorded);
        expect(latin1(seen.body)).toBe(relayed);
      },
    );

    test.each(expectedWith("ends"))(
      "a committed stream ends with the truth, and nothing after it: %s",
      async (name, expectation) => {
        const { kept, after, end } = expectation;
        const fixture = fixtureOf(name);
        const seen = await way(name, fixture);
        expect([seen.status, seen.isBroken]).toEqual([200, end === "broken"]);
        expect(seen.headers).toEqual(expectedHeaders(expectation, fixture));
        const untouchedBlocks = relayedBlocks(recordedBody(fixture)).slice(0, kept);
        const seenBlocks = blocksOf(seen.body);
        expect(seenBlocks.slice(0, kept)).toEqual(untouchedBlocks);
        expect(seenBlocks.slice(kept).map(readEvent)).toEqual(after);
      },
    );
  });
}

test("the connection to upstream of a stream that ended whole is used again", async () => {
  await using candor = startCandor({
    answer: () => CHAT.get("stream-comment-after-done")?.response,
  });
  const body = JSON.stringify({ ...JSON.parse(HELLO), stream: true });
  for (let round = 0; round < 5; round++) await (await candor.post(body)).bytes();
  const first = candor.received[0]?.closed;
  expect(first && Bun.peek.status(first)).toBe("pending");
});

/**
 * An event that Candor wrote: one line of data, then a blank one. With a name, as `{event, data}`;
 * without, its data alone.
 */
function readEvent(block: string): unknown {
  const [, event, text] = /^(?:event: (.*)\n)?data: (.*)\n\n$/.exec(block) ?? [];
  if (text === undefined) throw new Error(`Not an event of one line: ${JSON.stringify(block)}`);
  const data = text === "[DONE]" ? text : JSON.parse(text);
  return event === undefined ? data : { event, data };
}

/** Bytes as a text, one character each. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
