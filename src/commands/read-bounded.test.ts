import { expect, test } from "bun:test";
import { readBounded } from "./read-bounded.ts";

/** A stream without an end, that notes whether it was left. */
function endless() {
  const state = { isLeft: false };
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(1000)),
    cancel() {
      state.isLeft = true;
    },
  });
  return { stream, state };
}

test("what fits is read whole", async () => {
  const stream = new Response("abc").body;
  if (stream === null) throw new Error("There is no body.");
  expect((await readBounded(stream, 3))?.toString()).toBe("abc");
});

test("what has no end is left at the limit", async () => {
  const { stream, state } = endless();
  expect(await readBounded(stream, 10_000)).toBeUndefined();
  expect(state.isLeft).toBe(true);
});
