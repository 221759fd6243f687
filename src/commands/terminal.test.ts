import { expect, test } from "bun:test";
import { startProgress } from "./progress.ts";
import { PLAIN, terminalOf } from "./terminal.ts";

const RED = "\u001b[31mx\u001b[39m";

test.each([
  ["a terminal", { isTTY: true, columns: 120 }, {}, RED],
  ["a terminal with NO_COLOR", { isTTY: true, columns: 120 }, { NO_COLOR: "1" }, "x"],
  ["a terminal with an empty NO_COLOR", { isTTY: true, columns: 120 }, { NO_COLOR: "" }, RED],
  ["a dumb terminal", { isTTY: true, columns: 120 }, { TERM: "dumb" }, "x"],
  ["a pipe", {}, {}, "x"],
])("on %s, red is shown as it is wanted there", (_title, stream, environment, shown) => {
  expect(terminalOf(stream, environment).paint("red", "x")).toBe(shown);
});

test.each([
  [{ isTTY: true, columns: 120 }, 120],
  [{ isTTY: true, columns: 20 }, 60],
  [{ isTTY: true, columns: 0 }, 100],
  [{}, 100],
])("%j is %d columns wide", (stream, width) => {
  expect(terminalOf(stream, {}).width).toBe(width);
});

test("progress is shown after two seconds, to a person, and vanishes", () => {
  const written: string[] = [];
  const write = (text: string) => void written.push(text);
  const watched = { ...PLAIN, isInteractive: true };
  const longAgo = performance.now() - 2001;
  for (const [terminal, startedAt] of [
    [watched, performance.now()],
    [PLAIN, longAgo],
  ] as const) {
    const progress = startProgress(terminal, write, startedAt);
    progress.show(1, 9);
    progress.end();
    expect(written).toEqual([]);
  }
  const progress = startProgress(watched, write, longAgo);
  progress.show(3, 9);
  progress.end();
  expect(written).toEqual(["\r3 of 9 …\u001b[K", "\r\u001b[K"]);
});
