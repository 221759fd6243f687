import { expect, test } from "bun:test";
import { HELLO, startCandor } from "../harness/candor.ts";
import {
  attack,
  chunk,
  forwarded,
  LAST_CHUNK,
  outcomeOf,
  postChunked,
} from "../harness/hostile-client.ts";
import { connectTo } from "../harness/raw-client.ts";

const SIZE = HELLO.length.toString(16);

const BAD_CHUNKS: [name: string, body: string][] = [
  ["a size with 0x", `0x${SIZE}\r\n${HELLO}\r\n${LAST_CHUNK}`],
  ["a size with a minus", `-1\r\n${HELLO}\r\n${LAST_CHUNK}`],
  ["a size with a plus", `+${SIZE}\r\n${HELLO}\r\n${LAST_CHUNK}`],
  ["a size that is no number", `g\r\n${HELLO}\r\n${LAST_CHUNK}`],
  ["no size", `\r\n${HELLO}\r\n${LAST_CHUNK}`],
  ["a size of 17 digits", `FFFFFFFFFFFFFFFFF\r\n${HELLO}\r\n${LAST_CHUNK}`],
  ["a size of 16 digits", `FFFFFFFFFFFFFFFF\r\n${HELLO}\r\n${LAST_CHUNK}`],
  ["a size that wraps at 64 bits", `100000000000000${SIZE}\r\n${HELLO}\r\n${LAST_CHUNK}`],
  ["a space behind the size", `${SIZE} \r\n${HELLO}\r\n${LAST_CHUNK}`],
  ["a space before the size", ` ${SIZE}\r\n${HELLO}\r\n${LAST_CHUNK}`],
  ["a chunk longer than its size", `2\r\n${HELLO}\r\n${LAST_CHUNK}`],
  ["a chunk without its line end", `${SIZE}\r\n${HELLO}${LAST_CHUNK}`],
  ["a chunk with a bare LF as its line end", `${SIZE}\r\n${HELLO}\n${LAST_CHUNK}`],
  ["a size with a bare LF", `${SIZE}\n${HELLO}\r\n${LAST_CHUNK}`],
  ["a size with a bare CR", `${SIZE}\r${HELLO}\r\n${LAST_CHUNK}`],
  ["an extension with a bare LF", `${SIZE};a\nb\r\n${HELLO}\r\n${LAST_CHUNK}`],
  ["an extension with a bare CR", `${SIZE};a\rb\r\n${HELLO}\r\n${LAST_CHUNK}`],
  ["bare LFs at the end", `${chunk(HELLO)}0\n\n`],
];

test.each(BAD_CHUNKS)("a chunked body with %s is a 400, and goes nowhere", async (_, body) => {
  await using candor = startCandor();
  expect((await attack(candor, postChunked(body))).statuses).toEqual([400]);
  expect(forwarded(candor)).toEqual([]);
});

test("a chunk's extension of 20 KB is a 413, and goes nowhere", async () => {
  await using candor = startCandor();
  const body = `${SIZE};a=${"x".repeat(20_000)}\r\n${HELLO}\r\n${LAST_CHUNK}`;
  expect((await attack(candor, postChunked(body))).statuses).toEqual([413]);
  expect(forwarded(candor)).toEqual([]);
});

test.each([`1000000${SIZE}`, "7fffffff"])(
  "a chunk size of %s is not wrapped at 32 bits, but waited for",
  async (size) => {
    await using candor = startCandor({ settings: { REQUEST_TIMEOUT_MS: "100" } });
    using client = await connectTo(candor.url);
    client.send(postChunked(`${size}\r\n${HELLO}\r\n${LAST_CHUNK}`));
    await client.receivedUpTo("}}");
    expect(outcomeOf(client).statuses).toEqual([408]);
    expect(forwarded(candor)).toEqual([]);
  },
);

test("a body with trailer fields is a 400, and none of them goes upstream", async () => {
  await using candor = startCandor();
  const body = `${chunk(HELLO)}0\r\nx-title: late\r\ncontent-length: 5\r\n\r\n`;
  expect((await attack(candor, postChunked(body))).statuses).toEqual([400]);
  for (const { headers } of candor.received) expect(headers.get("x-title")).toBeNull();
});
