import { afterAll, describe, expect, test } from "bun:test";
import { HELLO, startCandor } from "./candor.ts";
import { endings, UNTOUCHED } from "./expected/relayed.ts";
import { CHAT, openSockets, recordedBody, throughMsw, type Way } from "./ways.ts";

const sockets = openSockets();
afterAll(sockets.stop);

/** Header fields of a recording that reach the client, where there is more than the content type. */
const RELAYED_HEADERS: Record<string, Record<string, string>> = {
  "200-audio": { "content-type": "audio/mpeg" },
  "200-hop-by-hop-headers": {
    "content-type": "application/json",
    "x-generation-id": "gen-1790000000-Candor00000000000000",
    "cf-ray": "8f0dc256cdba2ef3-LAX",
    "x-ratelimit-limit": "20",
  },
  "stream-success-recorded": {
    "content-type": "text/event-stream",
    "access-control-allow-origin": "*",
    "cache-control": "no-cache",
    vary: "Accept-Encoding",
    "x-content-type-options": "nosniff",
  },
  "stream-token-limit-in-usage-chunk": {
    "content-type": "text/event-stream",
    "cache-control": "no-cache",
  },
};

const ways: [string, Way][] = [
  ["through MSW", throughMsw],
  ["over sockets", sockets.way],
];
for (const [wayName, way] of ways) {
  describe(wayName, () => {
    test.each(UNTOUCHED)("a healthy answer arrives byte for byte: %s", async (name) => {
      const fixture = fixtureOf(name);
      const seen = await way(name, fixture);
      expect(seen.status).toBe(200);
      expect(seen.headers).toEqual(relayedHeaders(name));
      expect(Buffer.from(seen.body)).toEqual(Buffer.from(recordedBody(fixture)));
    });

    test.each(Object.entries(endings))(
      "a committed stream ends with the truth, and nothing after it: %s",
      async (name, { kept, after }) => {
        const fixture = fixtureOf(name);
        const seen = await way(name, fixture);
        expect(seen.status).toBe(200);
        expect(seen.headers).toEqual(relayedHeaders(name));
        const recorded = blocks(recordedBody(fixture));
        const untouched = recorded.slice(0, kept);
        const seenBlocks = blocks(seen.body);
        expect(seenBlocks.slice(0, kept)).toEqual(untouched);
        expect(seenBlocks.slice(kept).map(eventData)).toEqual(after);
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

function fixtureOf(name: string) {
  const fixture = CHAT.get(name);
  if (fixture === undefined) throw new Error(`There is no fixture ${name}.`);
  return fixture;
}

function relayedHeaders(name: string): Record<string, string> {
  const isStream = name.startsWith("stream-");
  const contentType = isStream ? "text/event-stream" : "application/json";
  return RELAYED_HEADERS[name] ?? { "content-type": contentType };
}

/** The blocks of an event stream, each with the blank line that ends it. */
function blocks(body: Uint8Array): string[] {
  const text = Buffer.from(body).toString("latin1");
  return [...text.matchAll(/[^]+?(?:\r\n\r\n|\n\n|\r\r|$)/g)].map(([block]) => block);
}

/** The data of an event that Candor wrote: one line, then a blank one. */
function eventData(block: string): unknown {
  const data = /^data: (.*)\n\n$/.exec(block)?.[1];
  if (data === undefined) throw new Error(`Not an event of one line: ${JSON.stringify(block)}`);
  return data === "[DONE]" ? data : JSON.parse(data);
}
