import { expect, test } from "bun:test";
import { readExplainOptions } from "./options.ts";
import { messages } from "../../core/dialects/messages.ts";

test("a file alone leaves everything to the capture", () => {
  expect(readExplainOptions(["capture.json"])).toEqual({
    file: "capture.json",
    status: undefined,
    contentType: undefined,
    isStream: undefined,
    endpoint: undefined,
    isCut: undefined,
    entry: undefined,
    isJson: false,
  });
});

test("every option is taken, and - is standard input", () => {
  const words = "- --status 503 --stream --no-cut --endpoint messages --json --content-type";
  expect(readExplainOptions([...words.split(" "), "text/plain; charset=utf-8"])).toEqual({
    file: "-",
    status: 503,
    contentType: "text/plain; charset=utf-8",
    isStream: true,
    endpoint: messages,
    isCut: false,
    entry: undefined,
    isJson: true,
  });
});

test.each([
  [[], "exactly one FILE has to be given, or - for standard input"],
  [["a", "b"], "exactly one FILE has to be given"],
  [["-", "--status", "600"], '--status is "600"; a whole number from 200 to 599 is allowed'],
  [["-", "--status", "2e2"], '--status is "2e2"'],
  [["-", "--status"], "--status needs a value"],
  [["-", "--content-type", "json"], '--content-type is "json"; a type such as text/event-stream'],
  [["-", "--content-type", "a/b\r\nc: d"], "--content-type is"],
  [["-", "--endpoint", "chats"], '--endpoint is "chats"; chat-completions, '],
  [["-", "--entry", "0"], '--entry is "0"'],
  [["-", "--verbose"], "there is no flag --verbose"],
])("%j is refused with a sentence that names the flag, and the usage", (words, problem) => {
  expect(readExplainOptions(words)).toEqual({
    problems: [
      expect.stringContaining(problem),
      expect.stringContaining("usage: candor explain FILE|-"),
    ],
  });
});
