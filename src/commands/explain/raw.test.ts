import { expect, test } from "bun:test";
import { isRawResponse, readRawResponse } from "./raw.ts";

function read(text: string) {
  const { body, ...head } = readRawResponse(Buffer.from(text, "latin1"));
  return { ...head, headers: [...head.headers], body: Buffer.from(body).toString("latin1") };
}

test.each(["HTTP/1.1 200 OK\r\n", "HTTP/1.0 404 Not Found\n", "HTTP/2 429 \r\n", "HTTP/3 200"])(
  "%j begins a response",
  (text) => {
    expect(isRawResponse(Buffer.from(text))).toBe(true);
  },
);

test.each(["", "{}", "HTTP/1.1", "data: HTTP/1.1 200 OK", "HTTP/2 ok"])("%j does not", (text) => {
  expect(isRawResponse(Buffer.from(text))).toBe(false);
});

test.each(["\r\n", "\n"])("a head with line ends %j, and the body behind it, are read", (end) => {
  const lines = [
    "HTTP/2 429 ",
    "Content-Type:text/plain",
    "x-two:  a b ",
    "x-two: c",
    "",
    "a\r\n\r\nb",
  ];
  expect(read(lines.join(end))).toEqual({
    status: 429,
    headers: [
      ["content-type", "text/plain"],
      ["x-two", "a b, c"],
    ],
    body: "a\r\n\r\nb",
    isIncomplete: false,
  });
});

test("a capture may end with the head", () => {
  expect(read("HTTP/1.1 204 No Content\r\ndate: now\r\n")).toEqual({
    status: 204,
    headers: [["date", "now"]],
    body: "",
    isIncomplete: false,
  });
});

test("of several heads the last one counts", () => {
  const heads =
    "HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 307 Temporary Redirect\r\nx: 1\r\n\r\n";
  expect(read(`${heads}HTTP/1.1 103 Early Hints\r\n\r\nHTTP/2 200\r\n\r\n{}`)).toMatchObject({
    status: 200,
    headers: [],
    body: "{}",
  });
});

test("a capture of nothing but an interim answer is refused", () => {
  expect(() => read("HTTP/1.1 100 Continue\r\n\r\n")).toThrow("ends behind status 100");
});

test("a line that is no header field is named", () => {
  expect(() => read("HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n")).toThrow(
    'the line "bad name: x" is no header field',
  );
});

const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
test.each([
  ["5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n", "hello world", false],
  ["A\r\n0123456789\r\n0\r\n\r\n", "0123456789", false],
  ["5\r\nhello\r\n6\r\n wo", "hello wo", true],
  ["5\r\nhello\r\n", "hello", true],
  ["hello, unframed", "hello, unframed", false],
  ['{"a":1}', '{"a":1}', false],
])("the chunked body %j is %j, incomplete: %p", (framed, body, isIncomplete) => {
  expect(read(CHUNKED + framed)).toMatchObject({ body, isIncomplete });
});

test.each([
  ["Content-Length: 3", false],
  ["Content-Length: 4", true],
  ["Content-Length: 4\r\nContent-Encoding: gzip", false],
  ["Content-Length: 4\r\nContent-Encoding: identity", true],
])("three bytes behind %j, incomplete: %p", (fields, isIncomplete) => {
  expect(read(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\nabc`).isIncomplete).toBe(isIncomplete);
});
