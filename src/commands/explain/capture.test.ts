import { expect, test } from "bun:test";
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { readCapture } from "./capture.ts";
import { loadFixtures } from "../../recordings/fixtures.ts";

const NOTHING = { status: undefined, contentType: undefined, isCut: undefined, entry: undefined };
const BODY = '{"error":{"message":"Slow down.","code":429}}';

/** The text of the body of a raw response with this content coding. */
function bodyOf(coding: string, body: Uint8Array): string {
  const head = `HTTP/1.1 200 OK\r\ncontent-encoding: ${coding}\r\n\r\n`;
  const capture = readCapture(Buffer.concat([Buffer.from(head), body]), NOTHING);
  return new TextDecoder().decode(capture.body);
}

test.each([
  ["gzip", gzipSync(BODY)],
  ["deflate", deflateSync(BODY)],
  ["br", brotliCompressSync(BODY)],
  ["zstd", zstdCompressSync(BODY)],
])("a body in %s is decoded, and one that curl decoded is left alone", (coding, compressed) => {
  expect(bodyOf(coding, compressed)).toBe(BODY);
  expect(bodyOf(coding, Buffer.from(BODY))).toBe(BODY);
});

test("of a compressed body that was cut, what is there is decoded", () => {
  const whole = gzipSync(BODY);
  const beginning = bodyOf("gzip", whole.subarray(0, whole.length - 20));
  expect(beginning.length).toBeGreaterThan(10);
  expect(BODY).toStartWith(beginning);
});

/** At its own quality of 11, brotli takes ten seconds for 64 MiB. */
function brotliQuickly(body: Uint8Array): Uint8Array {
  return brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}

test.each([
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliQuickly],
  ["zstd", zstdCompressSync],
])("a small body in %s that is huge once it is decoded is refused", (coding, compress) => {
  const bomb = compress(Buffer.alloc(64 * 2 ** 20 + 1));
  expect(() => bodyOf(coding, bomb)).toThrow("larger than 64 MiB once it is decoded");
});

test("a fixture brings its request, its end, and when its bytes came", () => {
  const fixture = loadFixtures().get("chat-completions/stream-cut-after-content");
  const capture = readCapture(Buffer.from(JSON.stringify(fixture)), NOTHING);
  expect(capture).toMatchObject({ kind: "a fixture", status: 200, isCut: true, assumptions: [] });
  expect(capture.request).toEqual(fixture?.request);
  const { arrivals, body } = capture;
  expect(arrivals).toHaveLength(fixture?.response.chunks.length ?? 0);
  expect(arrivals.at(-1)?.end).toBe(body.length);
});

test("a fixture whose connection held can be taken for cut, and the other way round", () => {
  const fixture = loadFixtures().get("chat-completions/stream-cut-after-content");
  const bytes = Buffer.from(JSON.stringify(fixture));
  expect(readCapture(bytes, { ...NOTHING, isCut: false }).isCut).toBe(false);
});

test("JSON that only looks like a fixture at first sight is a body", () => {
  expect(readCapture(Buffer.from('{"request":{},"response":{}}'), NOTHING).kind).toBe(
    "a JSON body",
  );
});
