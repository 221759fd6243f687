import { afterAll, describe, expect, test } from "bun:test";
import { HELLO, startCandor } from "../harness/candor.ts";
import { EXPECTED } from "../expected/index.ts";
import type { Recording } from "../../src/recordings/recording.ts";
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

/** Header fields of a recording that reach the client, where there is more than the content type. */
const RELAYED_HEADERS: Record<string, Record<string, string>> = {
  "chat-completions/200-audio": { "content-type": "audio/mpeg" },
  "keys/204-deleted": {},
  "files/200-content": {
    "content-type": "application/octet-stream",
    "content-disposition": 'attachment; filename="a.bin"',
  },
  "files/206-part": {
    "content-type": "application/octet-stream",
    "content-range": "bytes 0-3/9",
  },
  "chat-completions/200-hop-by-hop-headers": {
    "content-type": "application/json",
    "x-generation-id": "gen-1790000000-Candor00000000000000",
    "cf-ray": "8f0dc256cdba2ef3-LAX",
    "x-ratelimit-limit": "20",
  },
  "chat-completions/stream-success-recorded": {
    "content-type": "text/event-stream",
    "access-control-allow-origin": "*",
    "cache-control": "no-cache",
    vary: "Accept-Encoding",
    "x-content-type-options": "nosniff",
  },
  "chat-completions/stream-token-limit-in-usage-chunk": {
    "content-type": "text/event-stream",
    "cache-control": "no-cache",
  },
};

const ways: [string, Way][] = [
  ["through MSW", throughMsw],
  ["over sockets", sockets.way],
];
for (const [wayName, way] of ways) {
  for (const [endpoint, { untouched, endings }] of Object.entries(EXPECTED)) {
    describe(`${endpoint} ${wayName}`, () => {
      test.each(untouched)("a healthy answer arrives byte for byte: %s", async (caseName) => {
        const name = `${endpoint}/${caseName}`;
        const fixture = fixtureOf(name);
        const seen = await way(name, fixture);
        expect(seen.status).toBe(fixture.response.status);
        expect(seen.headers).toEqual(relayedHeaders(name, fixture));
        expect(Buffer.from(seen.body)).toEqual(Buffer.from(recordedBody(fixture)));
      });

      test.each(Object.entries(endings))(
        "a committed stream ends with the truth, and nothing after it: %s",
        async (caseName, { kept, after }) => {
          const name = `${endpoint}/${caseName}`;
          const fixture = fixtureOf(name);
          const seen = await way(name, fixture);
          expect(seen.status).toBe(200);
          expect(seen.headers).toEqual(relayedHeaders(name, fixture));
          const recorded = blocks(recordedBody(fixture));
          const untouchedBlocks = recorded.slice(0, kept);
          const seenBlocks = blocks(seen.body);
          expect(seenBlocks.slice(0, kept)).toEqual(untouchedBlocks);
          expect(seenBlocks.slice(kept).map(readEvent)).toEqual(after);
        },
      );
    });
  }
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

/** Of most recordings, the content type alone. */
function relayedHeaders(name: string, { response }: Recording): Record<string, string> {
  const contentType = new Headers(response.headers).get("content-type");
  const isStream = name.includes("/stream-");
  const fallback = isStream ? "text/event-stream" : "application/json";
  return RELAYED_HEADERS[name] ?? { "content-type": contentType ?? fallback };
}

/** The blocks of an event stream, each with the blank line that ends it. */
function blocks(body: Uint8Array): string[] {
  const text = Buffer.from(body).toString("latin1");
  return [...text.matchAll(/[^]+?(?:\r\n\r\n|\n\n|\r\r|$)/g)].map(([block]) => block);
}

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
