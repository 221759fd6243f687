import { describe, expect, test } from "bun:test";
import { readCapture } from "./capture.ts";

const NOTHING = { status: undefined, contentType: undefined, isCut: undefined, entry: undefined };
const BODY = '{"error":{"message":"Slow down.","code":429}}';
const ASKED = '{"model":"a/b","messages":[{"role":"user","content":"Hi"}]}';

interface EntryParts {
  url?: string;
  method?: string;
  postData?: object;
  status?: number;
  headers?: { name: string; value: string }[];
  content?: object;
}

function entryOf(parts: EntryParts = {}) {
  const { url = "https://openrouter.ai/api/v1/chat/completions?a=1", method = "POST" } = parts;
  const { postData = { mimeType: "application/json", text: ASKED }, status = 200 } = parts;
  const { headers = [{ name: "content-type", value: "application/json" }] } = parts;
  const { content = { size: BODY.length, mimeType: "application/json", text: BODY } } = parts;
  return {
    request: { method, url, headers: [], postData },
    response: { status, headers, content },
  };
}

function capture(entries: object[], entry?: number) {
  const bytes = Buffer.from(JSON.stringify({ log: { version: "1.2", entries } }));
  return readCapture(bytes, { ...NOTHING, entry });
}

const page = entryOf({ url: "https://openrouter.ai/chat", method: "GET", postData: {} });

describe("a HAR file", () => {
  test("gives its last answer of an endpoint, with the request that was asked", () => {
    const { request, body, ...rest } = capture([entryOf({ status: 500 }), entryOf(), page]);
    expect(request).toEqual({
      method: "POST",
      path: "/chat/completions?a=1",
      headers: [["content-type", "application/json"]],
      body: ASKED,
    });
    expect(Buffer.from(body).toString()).toBe(BODY);
    expect(rest).toMatchObject({
      kind: "a HAR file",
      status: 200,
      isCut: false,
      assumptions: [
        "It is entry 2 of 3, POST https://openrouter.ai/api/v1/chat/completions (--entry).",
      ],
    });
  });

  test("gives the entry that is asked for", () => {
    expect(capture([entryOf({ status: 500 }), entryOf()], 1).status).toBe(500);
  });

  test("may hold a body in Base64, and fields that are about the wire or are HTTP/2's own", () => {
    const headers = [
      { name: ":status", value: "200" },
      { name: "Content-Encoding", value: "br" },
      { name: "content-length", value: "9" },
      { name: "x-two", value: "a\nb" },
    ];
    const content = { size: 2, text: btoa("{}"), encoding: "base64" };
    const read = capture([entryOf({ headers, content })]);
    expect(Buffer.from(read.body).toString()).toBe("{}");
    expect([...read.headers]).toEqual([["x-two", "a, b"]]);
  });

  test("may lack the request's body: then any will do, to the same path", () => {
    const read = capture([entryOf({ url: "http://127.0.0.1:3000/v1/messages", postData: {} })]);
    expect(read).toMatchObject({ request: undefined, askedPath: "/messages" });
  });

  const bad: [title: string, entries: object[], entry: number | undefined, problem: string][] = [
    ["without an endpoint", [page], undefined, "no entry of this HAR file asked an endpoint"],
    ["with fewer entries", [page], 2, "this HAR file has 1 entries"],
    [
      "without an answer",
      [entryOf({ status: 0 })],
      undefined,
      "entry 1 of this HAR file has no answer",
    ],
    ["without bodies", [entryOf({ content: { size: 9 } })], undefined, "save it with its content"],
    ["that is none", [{ request: {} }], 1, "entry 1 of this HAR file is none: /response: "],
  ];
  test.each(bad)("%s is refused with the reason", (_title, entries, entry, problem) => {
    expect(() => capture(entries, entry)).toThrow(problem);
  });

  test("is what --entry and no other flag is for", () => {
    expect(() => readCapture(Buffer.from("{}"), { ...NOTHING, entry: 1 })).toThrow(
      "--entry is for",
    );
    const bytes = Buffer.from(JSON.stringify({ log: { entries: [entryOf()] } }));
    expect(() => readCapture(bytes, { ...NOTHING, status: 500 })).toThrow("--status is for");
  });
});
