import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  declaredForm,
  declaresText,
  type Form,
  isSurelyBinary,
  sniffForm,
  withoutKeptLines,
  withoutKeepAlive,
} from "./answer-form.ts";

describe("declaredForm", () => {
  const declared: [contentType: string | null, form: Form | undefined][] = [
    ["text/event-stream", "event-stream"],
    ["text/event-stream; charset=utf-8", "event-stream"],
    ["Text/Event-Stream;charset=UTF-8", "event-stream"],
    ["application/json", "json"],
    ["application/json; charset=utf-8", "json"],
    ["application/json ; charset=utf-8", "json"],
    ["APPLICATION/JSON", "json"],
    ["application/problem+json", "json"],
    ["application/vnd.api+json; profile=x", "json"],
    ["audio/mpeg", "binary"],
    ["image/png", "binary"],
    ["video/mp4", "binary"],
    ["application/octet-stream", "binary"],
    ["application/zip", "binary"],
    ["text/html", undefined],
    ["text/html; charset=utf-8", undefined],
    ["text/plain", undefined],
    ["text/plain; charset=utf-8", undefined],
    ["", undefined],
    [null, undefined],
  ];
  test.each(declared)("content type %p declares the form %p", (contentType, form) => {
    expect(declaredForm(contentType)).toBe(form);
  });
});

test("a type that is no type tells nothing, and an image is an image though it is XML", () => {
  expect(declaredForm("json")).toBeUndefined();
  expect(declaredForm("image/svg+xml")).toBe("binary");
});

describe("isSurelyBinary", () => {
  test.each([
    ["audio/mpeg", true],
    ["Image/PNG; q=1", true],
    ["application/octet-stream", true],
    ["application/x-json", false],
    ["multipart/mixed", false],
    ["*/*", false],
    [null, false],
  ])("%p: %p", (type, isSure) => {
    expect(isSurelyBinary(type)).toBe(isSure);
  });
});

test("a content type that came several times counts where all say the same", () => {
  expect(declaredForm("application/json, application/json; charset=utf-8")).toBe("json");
  expect(declaredForm("text/event-stream, application/json")).toBeUndefined();
});

describe("declaresText", () => {
  test.each([
    ["text/plain; charset=utf-8", true],
    ["Text/CSV", true],
    ["text/html", true],
    ["application/rss+xml", true],
    ["application/jsonl", true],
    ["application/x-ndjson; x=y", true],
    ["text/event-stream; charset=utf-8", false],
    ["application/json", false],
    ["audio/mpeg", false],
    ["json", false],
    ["", false],
    [null, false],
  ])("of content type %p it is %p", (contentType, isText) => {
    expect(declaresText(contentType)).toBe(isText);
  });
});

describe("sniffForm", () => {
  const begun: [beginning: string, form: Form][] = [
    ["{", "json"],
    ["[", "json"],
    [' \t\r\n\n{"a":1}', "json"],
    ["\uFEFF{", "json"],
    [": OPENROUTER PROCESSING\n\n{", "json"],
    [": OPENROUTER PROCESSING\r\n\r\n[", "json"],
    [": OPENROUTER PROCESSING\r\r[", "json"],
    ["data:", "event-stream"],
    ['data: {"a":1}\n\n', "event-stream"],
    ["event:", "event-stream"],
    ["event: error\n", "event-stream"],
    ["id: 7\n", "event-stream"],
    ["retry: 1000\n", "event-stream"],
    ["\uFEFFdata: 1", "event-stream"],
    ["\n\n\ndata: 1", "event-stream"],
    [": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\ndata: 1", "event-stream"],
    ["<!DOCTYPE html>", "text"],
    ["Bad Gateway", "text"],
    ["dataset", "text"],
    ["upstream error: data: 1", "text"],
    ['"text"', "text"],
  ];
  test.each(begun)(
    "a body that begins with %j is %s, whether or not more follows",
    (text, form) => {
      expect(sniffForm(text, false)).toBe(form);
      expect(sniffForm(text, true)).toBe(form);
    },
  );

  test.each([
    "",
    " \r\n",
    "\uFEFF",
    "d",
    "data",
    "ev",
    "i",
    "retry",
    ":",
    ": OPENROUTER PROC",
    ": OPENROUTER PROCESSING\n\n",
    ": OPENROUTER PROCESSING\n\neven",
  ])("a body of which only %j has come is undecided, and text if it ends there", (text) => {
    expect(sniffForm(text, false)).toBeUndefined();
    expect(sniffForm(text, true)).toBe("text");
  });
});

describe("withoutKeptLines", () => {
  test("what is left tells the form as the whole does, wherever the beginning is split", () => {
    const piece = fc.constantFrom(
      ": OPENROUTER PROCESSING",
      "\n",
      "\r\n",
      "\r",
      " ",
      ":",
      "\uFEFF",
    );
    const body = fc.constantFrom('{"id":1}', "data: {}", "event: ping", "Hello", "da", "");
    fc.assert(
      fc.property(fc.array(piece), body, fc.array(fc.nat(60)), (pieces, end, cuts) => {
        const text = pieces.join("") + end;
        let beginning = "";
        let seen = 0;
        for (const cut of [...cuts.toSorted((one, other) => one - other), text.length]) {
          const before = sniffForm(text.slice(0, cut), false);
          beginning += text.slice(seen, cut);
          seen = Math.min(cut, text.length);
          expect(sniffForm(beginning, false)).toBe(before);
          expect(sniffForm(beginning, true)).toBe(sniffForm(text.slice(0, cut), true));
          beginning = withoutKeptLines(beginning);
        }
      }),
    );
  });

  test("of lines that only kept the connection alive, no more is left than that the last is a comment", () => {
    expect(withoutKeptLines(": OPENROUTER PROCESSING\n\n".repeat(100))).toBe("");
    expect(withoutKeptLines(": OPENROUTER PROCESSING\n\n: OPEN")).toBe(":");
    expect(withoutKeptLines(`:${"x".repeat(100_000)}`)).toBe(":");
  });
});

describe("withoutKeepAlive", () => {
  test("a byte order mark behind white space, and a comment without a line end, are removed", () => {
    expect(withoutKeepAlive("\n \uFEFF{}")).toBe("{}");
    expect(withoutKeepAlive(": OPENROUTER PROCESSING")).toBe("");
  });

  const padded: [title: string, body: string, left: string][] = [
    ["leading white space", " \t\r\n{}", "{}"],
    ["a byte order mark", "\uFEFF{}", "{}"],
    ["a byte order mark before white space", "\uFEFF\n\n{}", "{}"],
    ["comment lines ended by LF", ": OPENROUTER PROCESSING\n\n: x\n{}", "{}"],
    ["comment lines ended by CRLF", ": OPENROUTER PROCESSING\r\n\r\n{}", "{}"],
    ["comment lines ended by CR", ": OPENROUTER PROCESSING\r\r{}", "{}"],
    ["white space between comment lines", "  \n: a\n   : b\n {}", "{}"],
    ["nothing but padding", "\n: OPENROUTER PROCESSING\n\n", ""],
  ];
  test.each(padded)("%s is removed", (_title, body, left) => {
    expect(withoutKeepAlive(body)).toBe(left);
  });

  test("white space, comments and byte order marks within the body stay", () => {
    const body = '{"a":\n: x\n"\uFEFF b"} \n';
    expect(withoutKeepAlive(body)).toBe(body);
  });

  test("a hundred thousand lines of padding are removed at once", () => {
    expect(withoutKeepAlive(" \n: OPENROUTER PROCESSING\n".repeat(100_000) + "{}")).toBe("{}");
  });
});
