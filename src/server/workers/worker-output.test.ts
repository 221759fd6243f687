import { expect, test } from "bun:test";
import { relayLines } from "./worker-output.ts";

test("only whole lines are written, but for a last one that has no end", async () => {
  const written = await relay(["one\ntw", "o\nthr", "ee", "€"]);
  expect(written).toEqual(["one\n", "two\n", "three€\n"]);
});

test("a character that is split between two reads stays whole", async () => {
  const bytes = new TextEncoder().encode("€\n");
  expect(await relay([bytes.subarray(0, 1), bytes.subarray(1)])).toEqual(["€\n"]);
});

test("an output that fails does not keep the lines from being read", async () => {
  const stream = new Blob(["one\n"]).stream();
  const failing = {
    write() {
      throw new Error("EPIPE");
    },
    flush() {},
  };
  expect(await relayLines(stream, failing)).toBeUndefined();
});

async function relay(parts: (string | Uint8Array)[]): Promise<string[]> {
  const written: string[] = [];
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) {
        controller.enqueue(typeof part === "string" ? new TextEncoder().encode(part) : part);
      }
      controller.close();
    },
  });
  await relayLines(stream, { write: (text) => written.push(text), flush() {} });
  return written;
}
