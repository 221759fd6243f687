import { expect, test } from "bun:test";
import fc from "fast-check";
import { ByteSink, concatBytes } from "./bytes.ts";

const pieces = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 6 });

test("pieces of bytes as one are all bytes in order, copied", () => {
  fc.assert(
    fc.property(pieces, (list) => {
      const all = concatBytes(list);
      expect([...all]).toEqual(list.flatMap((piece) => [...piece]));
      expect(list.every(({ buffer }) => buffer !== all.buffer)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test("a sink gives what was written to it, whatever the pieces", () => {
  fc.assert(
    fc.property(pieces, (list) => {
      const sink = new ByteSink();
      for (const piece of list) sink.write(piece);
      expect(sink.size).toBe(list.reduce((sum, { length }) => sum + length, 0));
      expect([...sink.take()]).toEqual(list.flatMap((piece) => [...piece]));
    }),
    { numRuns: 30 },
  );
});

test("a sink copies: its pieces can be used again", () => {
  const piece = new Uint8Array([1, 2]);
  const sink = new ByteSink();
  sink.write(piece);
  piece[0] = 9;
  expect([...sink.take()]).toEqual([1, 2]);
});

test("a sink of many small pieces takes no more than twice their size", () => {
  const sink = new ByteSink();
  for (let count = 0; count < 10_000; count++) sink.write(new Uint8Array(1));
  expect(sink.take().buffer.byteLength).toBeLessThanOrEqual(20_000);
});
