import { expect, test } from "bun:test";
import { readGradeOptions } from "./options.ts";

test("a URL alone grades everything, with the simulator on its port", () => {
  expect(readGradeOptions(["http://127.0.0.1:8787/v1"])).toEqual({
    baseUrl: "http://127.0.0.1:8787/v1",
    headers: [],
    simulatorPort: 4100,
    endpoint: undefined,
    pattern: undefined,
    timeoutMs: 10_000,
    form: "table",
    showsAll: false,
    minScore: 0,
  });
});

test.each([
  ["http://gateway.test", "http://gateway.test/v1"],
  ["http://gateway.test/", "http://gateway.test/v1"],
  ["https://gateway.test/api/v1/", "https://gateway.test/api/v1"],
  ["http://gateway.test/v1?key=1#top", "http://gateway.test/v1"],
])("%s is the base URL %s", (url, baseUrl) => {
  expect(readGradeOptions([url])).toMatchObject({ baseUrl });
});

test("every option is taken", () => {
  const words = "-H a:b --header c:d:e --no-simulator --endpoint messages --only 2* --timeout-ms 5";
  const rest = ["--all", "--junit", "--min-score", "99.5", "http://gateway.test"];
  expect(readGradeOptions([...words.split(" "), ...rest])).toEqual({
    baseUrl: "http://gateway.test/v1",
    headers: [
      ["a", "b"],
      ["c", "d:e"],
    ],
    simulatorPort: undefined,
    endpoint: "messages",
    pattern: "2*",
    timeoutMs: 5,
    form: "junit",
    showsAll: true,
    minScore: 99.5,
  });
});

test.each([
  [[], "exactly one URL has to be given"],
  [["http://a.test", "http://b.test"], "exactly one URL has to be given"],
  [["gateway.test:80"], '"gateway.test:80" is not an http or https URL'],
  [["http://a.test", "-H", "none"], `"none" is no header: it has to be like 'name: value'`],
  [["http://a.test", "--simulator-port", "65536"], '"65536" is no port: it has to be a whole'],
  [["http://a.test", "--timeout-ms", "0"], '--timeout-ms is "0"; a number from 1 to 600000 is'],
  [["http://a.test", "--min-score", "all"], '--min-score is "all"; a number from 0 to 100 is'],
  [["http://a.test", "--min-score", ""], '--min-score is ""; a number from 0 to 100 is'],
  [["http://a.test", "--endpoint", "chats"], "did you mean chat?"],
  [["http://a.test", "--fast"], "there is no flag --fast"],
])("%j is refused with a sentence and the usage", (words, problem) => {
  expect(readGradeOptions(words)).toEqual({
    problems: [
      expect.stringContaining(problem),
      expect.stringContaining("usage: candor grade URL"),
    ],
  });
});
