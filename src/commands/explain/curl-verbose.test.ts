import { expect, test } from "bun:test";
import { isCurlOutput, readCurlOutput } from "./curl-verbose.ts";

const METER = "\r100   135    0    75  100    60  87822  70257 --:--:-- --:--:-- --:--:--  131k\n";
const TITLE =
  "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n" +
  "                                 Dload  Upload   Total   Spent    Left  Speed\n";
const START =
  "\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0*   Trying 127.0.0.1:4188...\n" +
  "* Connected to 127.0.0.1 (127.0.0.1) port 4188 (#0)\n";
const ASKED =
  "> POST /api/v1/chat/completions HTTP/1.1\r\n> Host: 127.0.0.1:4188\r\n> \r\n} [60 bytes data]\n";
const HEAD = "< HTTP/1.1 200 OK\r\n< content-type: application/json\r\n< \r\n";
const BODY = '{"error":{"message":"* no remark","code":429}}';
const LAST = "* Connection #0 to host 127.0.0.1 left intact\n";

const EXPECTED = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n${BODY}`;

function read(text: string) {
  expect(isCurlOutput(Buffer.from(text))).toBe(true);
  const { response, ...rest } = readCurlOutput(Buffer.from(text));
  return { ...rest, response: response.toString() };
}

test.each([
  [
    "with the progress meter",
    `${TITLE}${START}${ASKED}${HEAD}{ [81 bytes data]\n${METER}${LAST}${BODY}`,
  ],
  ["with -s", `*   Trying 127.0.0.1:4188...\n${ASKED}${HEAD}{ [81 bytes data]\n${LAST}${BODY}`],
  [
    "with the remark behind the body",
    `* Trying…\n${ASKED}${HEAD}{ [81 bytes data]\n${BODY}${LAST}`,
  ],
  ["without the request", `* Trying…\n${HEAD}${BODY}`],
  ["with Windows' line ends in remarks", `* Trying…\r\n${HEAD}{ [81 bytes data]\r\n${BODY}`],
])("what curl -v printed %s is taken apart to the byte", (_title, text) => {
  expect(read(text)).toMatchObject({ response: EXPECTED, isCut: false });
});

test("the path that was asked is told, below the base of its API", () => {
  expect(read(`* x\n${ASKED}${HEAD}${BODY}`).askedPath).toBe("/chat/completions");
  expect(read(`* x\n${HEAD}${BODY}`).askedPath).toBeUndefined();
});

test("a transfer that failed is told as cut, and curl's words are no part of the body", () => {
  const text = `* x\n${ASKED}${HEAD}${BODY}\n* Recv failure: Connection reset by peer\n* Closing connection 0\ncurl: (56) Recv failure\n`;
  expect(read(text)).toMatchObject({ response: `${EXPECTED}\n`, isCut: true });
});

test("a transfer without an answer is refused with curl's reason", () => {
  const text = "* Trying…\ncurl: (7) Failed to connect to 127.0.0.1 port 1\n";
  expect(() => read(text)).toThrow("curl got no answer: Failed to connect to 127.0.0.1 port 1");
});

test.each(["HTTP/1.1 200 OK\r\n\r\n", "* a list\n* of things\n", '{"a": 1}', "data: x\n\n"])(
  "%j is something else",
  (text) => {
    expect(isCurlOutput(Buffer.from(text))).toBe(false);
  },
);
