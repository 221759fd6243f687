import { expect, test } from "bun:test";
import { type Asked, findCommand } from "./find-command.ts";

const COMMANDS = ["serve", "grade", "record", "help", "version"].map((name) => ({ name }));

const calls: [words: string[], asked: Asked][] = [
  [[], { command: "serve", words: [] }],
  [["--port", "1"], { command: "serve", words: ["--port", "1"] }],
  [["serve", "--port", "1"], { command: "serve", words: ["--port", "1"] }],
  [["grade", "URL", "--all"], { command: "grade", words: ["URL", "--all"] }],
  [["--help"], { command: "help", words: [] }],
  [["-h"], { command: "help", words: [] }],
  [["grade", "--help"], { command: "help", words: ["grade"] }],
  [["grade", "URL", "-h"], { command: "help", words: ["grade"] }],
  [["--port", "1", "-V"], { command: "version", words: [] }],
  [["record", "--", "-h"], { command: "record", words: ["--", "-h"] }],
];
test.each(calls)("%j asks for %j", (words, asked) => {
  expect(findCommand(words, COMMANDS)).toEqual(asked);
});

test("a word that is no command is refused with the nearest one, and not shown", () => {
  const asked = findCommand(["garde"], COMMANDS);
  expect(asked).toEqual({
    problem: "the first word is no command; did you mean grade?",
  });
  expect(JSON.stringify(findCommand(["sk-or-secret"], COMMANDS))).not.toContain("secret");
});
