import { expect, test } from "bun:test";
import { filesFor, mostStreams } from "./stream-files.ts";

test("a quarter of the files stays free beside two for each stream", () => {
  expect(mostStreams(20_000)).toBe(7450);
  expect(filesFor(7450)).toBe(20_000);
});
