import { describe, expect, test } from "bun:test";
import { createLineWriter } from "./line-writer.ts";

const lossLine = (count: number) => `lines lost: ${count}`;

function fail(): never {
  throw new Error("EPIPE");
}

describe("where the log is not read", () => {
  test.each([
    { how: "write throws", write: fail, flush() {} },
    { how: "write rejects", write: async () => fail(), flush() {} },
    { how: "flush throws", write() {}, flush: fail },
    { how: "flush rejects", write() {}, flush: async () => fail() },
  ])("where $how, it goes no further, and the lines are counted", async ({ write, flush }) => {
    let text = "";
    let isGone = true;
    const writer = createLineWriter(
      {
        write: (more: string) => (isGone ? write() : (text += more)),
        flush: () => (isGone ? flush() : undefined),
      },
      lossLine,
    );
    writer.write("never seen");
    await writer.flush();
    isGone = false;
    writer.write("seen");
    await writer.flush();
    writer.write("and no more is lost");
    await writer.flush();
    expect(text.trim().split("\n")).toEqual(["seen", "lines lost: 1", "and no more is lost"]);
  });

  test("lines wait until those before them are sent, but not without end", async () => {
    const sent = Promise.withResolvers<void>();
    const writes: string[] = [];
    const writer = createLineWriter(
      {
        write: (more: string) => writes.push(more),
        flush: () => sent.promise,
      },
      lossLine,
    );
    writer.write("sent slowly");
    const first = writer.flush();
    for (let line = 1; line <= 10_002; line++) writer.write("waiting");
    await writer.flush();
    expect(writes).toHaveLength(1);
    sent.resolve();
    await first;
    await writer.flush();
    const lines = writes[1]?.trim().split("\n");
    expect(lines?.length).toBe(10_001);
    expect(lines?.at(-1)).toBe("lines lost: 2");
  });
});
