import { expect, spyOn, test } from "bun:test";
import { ChunkRest } from "./chunk-rest.ts";

/** A chunk of 1,000 bytes, each of which is its index modulo 251. */
const chunk = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);

test("all bytes of a chunk come in order, in slices of whatever size", () => {
  for (const size of [1, 7, 100, 499, 500, 999, 2000]) {
    const rest = new ChunkRest(chunk, 10);
    const taken: number[] = [];
    while (rest.size > 0) {
      taken.push(...rest.take(size));
    }
    expect(taken).toEqual([...chunk.subarray(10)]);
  }
});

test("a slice keeps nothing in memory but its own bytes", () => {
  const rest = new ChunkRest(chunk, 0);
  while (rest.size > 0) {
    const slice = rest.take(64);
    expect(slice.buffer.byteLength).toBe(slice.length);
  }
});

test("the memory of a chunk is given back once half of it was given out", () => {
  using freed = spyOn(ArrayBuffer.prototype, "transfer");
  const rest = new ChunkRest(chunk, 0);
  rest.take(499);
  expect(freed).not.toHaveBeenCalled();
  rest.take(1);
  expect(freed.mock.calls).toEqual([[0]]);
});

test("a chunk that is Node's Buffer, whose slices are views, stays as it is", () => {
  const buffer = Buffer.from(chunk);
  const rest = new ChunkRest(buffer, 10);
  const taken: number[] = [];
  while (rest.size > 0) taken.push(...rest.take(100));
  expect(taken).toEqual([...chunk.subarray(10)]);
  expect(new Uint8Array(buffer)).toEqual(chunk);
});
