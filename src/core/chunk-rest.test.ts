import { expect, test } from "bun:test";
import { ChunkRest } from "./chunk-rest.ts";

/** A chunk of 1,000 bytes, each of which is its index modulo 251. */
const chunk = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);

test("all bytes of a chunk come in order, in slices of whatever size", () => {
  for (const size of [1, 7, 100, 499, 500, 999, 2000]) {
    const rest = new ChunkRest(chunk, 10);
    const taken: number[] = [];
    while (rest.size > 0) {
      expect([...rest.bytes]).toEqual([...chunk.subarray(10 + taken.length)]);
      taken.push(...rest.take(size));
    }
    expect(taken).toEqual([...chunk.subarray(10)]);
  }
});

test("neither a slice nor the rest keeps more than twice its size in memory", () => {
  const rest = new ChunkRest(chunk, 0);
  while (rest.size > 0) {
    const slice = rest.take(64);
    expect(slice.buffer.byteLength).toBe(slice.length);
    expect(rest.bytes.buffer.byteLength).toBeLessThanOrEqual(2 * rest.size);
  }
});
