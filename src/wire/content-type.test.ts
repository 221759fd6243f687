import { describe, expect, test } from "bun:test";
import {
  declaredForm,
  declaresText,
  type Form,
  sniffForm,
  withoutKeepAlive,
} from "./content-type.ts";

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
