import { expect, test } from "bun:test";
import { HELLO, startCandor } from "../harness/candor.ts";
import {
  attack,
  chunk,
  expectService,
  forwarded,
  LAST_CHUNK,
  LENGTH,
  outcomeOf,
  post,
  postChunked,
  SMUGGLED,
} from "../harness/hostile-client.ts";
import { connectTo } from "../harness/raw-client.ts";

const CHUNKED = "transfer-encoding: chunked";
const BODY = chunk(HELLO) + LAST_CHUNK;
const SIZE = HELLO.length.toString(16);

/** Two readers could disagree on where these end. */
const DOUBTFUL: [name: string, lines: string[], body: string][] = [
  ["a length before a coding", [LENGTH, CHUNKED], BODY + SMUGGLED],
  ["a length behind a coding", [CHUNKED, "content-length: 5"], LAST_CHUNK + SMUGGLED],
  ["an unknown coding", ["transfer-encoding: xchunked"], BODY],
  ["an unknown coding and a length", ["transfer-encoding: xchunked", LENGTH], HELLO],
  ["a coding behind a vertical tab", ["transfer-encoding: \vchunked"], BODY],
  ["a coding in quotes", ['transfer-encoding: "chunked"'], BODY],
  ["a coding with a parameter", ["transfer-encoding: chunked;q=1"], BODY],
  ["an empty coding", ["transfer-encoding: ", LENGTH], HELLO],
  ["no coding by name", ["transfer-encoding: identity", LENGTH], HELLO],
  ["two codings in a line", ["transfer-encoding: gzip, chunked"], BODY],
  ["a coding behind chunked", ["transfer-encoding: chunked, identity"], BODY],
  ["chunked twice in a line", ["transfer-encoding: chunked, chunked"], BODY],
  ["chunked on two lines", [CHUNKED, CHUNKED], BODY],
  ["chunked behind another line", ["transfer-encoding: x", CHUNKED], BODY],
  ["a space before the coding's colon", ["transfer-encoding : chunked", LENGTH], HELLO],
  ["a folded coding", ["transfer-encoding:", " chunked"], BODY],
  ["two lengths that differ", [LENGTH, "content-length: 2"], HELLO],
  ["two lengths, the first 0", ["content-length: 0", LENGTH], HELLO],
  ["a list of one length", [`${LENGTH}, ${HELLO.length}`], HELLO],
  ["a list of two lengths", [`${LENGTH}, 2`], HELLO],
  ["a length with a plus", [`content-length: +${HELLO.length}`], HELLO],
  ["a negative length", ["content-length: -1"], HELLO],
  ["a hexadecimal length", ["content-length: 0x30"], HELLO],
  ["a length with an exponent", ["content-length: 1e1"], HELLO],
  ["a length with a point", [`${LENGTH}.0`], HELLO],
  ["a length with a space in it", ["content-length: 4 8"], HELLO],
  ["an empty length", ["content-length: "], HELLO],
  ["a length beyond 64 bits", ["content-length: 18446744073709551664"], HELLO],
  ["a length of 2^63", ["content-length: 9223372036854775808"], HELLO],
  ["a space before the length's colon", [`content-length : ${HELLO.length}`], HELLO],
];

test.each(DOUBTFUL)("%s is a 400, and goes nowhere", async (_, lines, body) => {
  await using candor = startCandor();
  const { statuses } = await attack(candor, post(lines, body));
  expect(statuses).toEqual([400]);
  expect(forwarded(candor)).toEqual([]);
});

test("a coding in HTTP/1.0, which has none, is a 400", async () => {
  await using candor = startCandor();
  const bytes = post([CHUNKED], BODY, "POST /proxy HTTP/1.0");
  expect((await attack(candor, bytes)).statuses).toEqual([400]);
  expect(forwarded(candor)).toEqual([]);
});

/** Odd, but there is one way only to read them. */
const ODD: [name: string, bytes: string][] = [
  ["the same length twice", post([LENGTH, LENGTH], HELLO)],
  ["a length with zeros before it", post([`content-length: 000${HELLO.length}`], HELLO)],
  ["a length with a tab behind it", post([`${LENGTH}\t`], HELLO)],
  ["a length that Connection names", post(["connection: content-length", LENGTH], HELLO)],
  ["a coding behind a tab", post(["transfer-encoding:\tchunked"], BODY)],
  ["a coding in capitals, spaces around it", post(["TRANSFER-ENCODING:  CHUNKED "], BODY)],
  ["a coding whose name has an underscore", post(["transfer_encoding: chunked", LENGTH], HELLO)],
  ["a chunk size with zeros", postChunked(`0000000000000000${SIZE}\r\n${HELLO}\r\n${LAST_CHUNK}`)],
  ["a chunk extension", postChunked(`${SIZE};a="b\r\n${HELLO}\r\n${LAST_CHUNK}`)],
  ["a chunk for every byte", postChunked([...HELLO].map(chunk).join("") + LAST_CHUNK)],
];

test.each(ODD)("%s goes upstream once, under a plain length", async (_, bytes) => {
  await using candor = startCandor();
  using client = await connectTo(candor.url);
  client.send(bytes);
  await expectService(candor);
  await client.receivedUpTo("\r\n\r\n{");
  expect(outcomeOf(client).statuses).toEqual([200]);
  expect(forwarded(candor)).toEqual([{ asked: "POST /chat/completions", body: HELLO }]);
  for (const { headers, body } of candor.received) {
    expect(headers.get("content-length")).toBe(String(body.length));
    expect(headers.get("transfer-encoding")).toBeNull();
    expect(headers.get("transfer_encoding")).toBeNull();
  }
});
