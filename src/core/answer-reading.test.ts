import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import { readAnswer } from "./answer-reading.ts";
import { Body } from "./body.ts";
import { UNLIMITED } from "./hold.ts";
import { COMMENT, FINISH, openUpstream, settle } from "./testing.ts";

const ANSWER = '{"choices":[]}';

/** How an answer is read that came in these chunks, and then ended. */
async function read(
  contentType: string,
  chunks: string[],
  isNamed = true,
  init: ResponseInit = {},
) {
  const upstream = openUpstream(contentType, init);
  for (const chunk of chunks) upstream.send(chunk);
  upstream.end();
  const body = new Body(upstream.response);
  const reading = await readAnswer(upstream.response, body, { isNamed }, UNLIMITED);
  return { reading, body, upstream };
}

async function formOf(contentType: string, chunks: string[], isNamed = true): Promise<string> {
  return (await read(contentType, chunks, isNamed)).reading.form;
}

describe("the form of an answer", () => {
  test.each([
    ["application/json", [ANSWER], "json"],
    ["application/json", [FINISH], "event-stream"],
    ["text/event-stream", [FINISH], "event-stream"],
    ["text/event-stream", [ANSWER], "json"],
    ["text/event-stream", [`${ANSWER}\n\n${FINISH}`], "event-stream"],
    ["text/plain", [ANSWER], "json"],
    ["text/plain", ["Hello"], "text"],
    ["text/plain", ["da", "ta: {}\n\n"], "event-stream"],
    ["text/html", ["<html>"], "text"],
    ["application/x-of-tomorrow", [ANSWER], "json"],
    ["application/x-of-tomorrow", ["\u0000\u0001"], "binary"],
    ["audio/mpeg", [ANSWER], "binary"],
    ["", [ANSWER], "json"],
    ["application/json", [], "json"],
    ["application/json", [COMMENT, ANSWER], "json"],
  ])("of %j that begins with %j is told by its beginning: %s", async (type, chunks, form) => {
    expect(await formOf(type, chunks)).toBe(form);
  });

  test.each([
    ["text/plain", ["[Music] Hello"], "text"],
    ["text/plain", ['["a"]'], "json"],
    ["application/x-ndjson", ['{"a":1}\n{"b":2}'], "text"],
    ["application/yaml", ["a: 1"], "binary"],
  ])("of %j on other endpoints is what it says: %j is %s", async (type, chunks, form) => {
    expect(await formOf(type, chunks, false)).toBe(form);
  });

  test("of a stream is told without taking anything of it", async () => {
    const { reading, body } = await read("text/plain", [COMMENT, FINISH]);
    expect(reading).toEqual({ form: "event-stream" });
    expect(new TextDecoder().decode(await body.rest())).toBe(COMMENT + FINISH);
  });

  test("of a stream that was called JSON is told when it was read: nothing is lost", async () => {
    const { body } = await read("application/json", [FINISH]);
    expect(new TextDecoder().decode(await body.rest())).toBe(FINISH);
  });

  test("of JSON comes with all of it, as bytes and as text", async () => {
    const { reading } = await read("text/plain", ['{"choi', 'ces":[]}']);
    const bytes = new TextEncoder().encode(ANSWER);
    expect(reading).toEqual({ form: "json", text: ANSWER, bytes });
  });

  test("does not hang on how a character was split", async () => {
    const upstream = openUpstream("text/plain");
    const bytes = new TextEncoder().encode("\uFEFFdata: {}\n\n");
    for (const byte of bytes) upstream.send(new Uint8Array([byte]));
    upstream.end();
    const body = new Body(upstream.response);
    const reading = await readAnswer(upstream.response, body, { isNamed: true }, UNLIMITED);
    expect(reading.form).toBe("event-stream");
  });
});

describe("the limits of a hold", () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test("end the wait for a beginning: what was asked for is a stream then", async () => {
    const upstream = openUpstream("text/plain");
    const body = new Body(upstream.response);
    const limits = { until: performance.now() + 1000, bytes: 1000 };
    const reading = readAnswer(upstream.response, body, { isNamed: true }, limits);
    upstream.send(COMMENT);
    await settle();
    jest.advanceTimersByTime(900);
    await settle();
    expect(Bun.peek.status(reading)).toBe("pending");
    jest.advanceTimersByTime(100);
    expect(await reading).toEqual({ form: "event-stream" });
    expect((await body.next()).value).toHaveLength(COMMENT.length);
  });

  test("are limits of size, too", async () => {
    const upstream = openUpstream("text/plain");
    const body = new Body(upstream.response);
    const limits = { until: Number.POSITIVE_INFINITY, bytes: COMMENT.length };
    const reading = readAnswer(upstream.response, body, { isNamed: true }, limits);
    upstream.send(COMMENT);
    upstream.send(COMMENT);
    expect(await reading).toEqual({ form: "event-stream" });
  });
});

describe("an answer with the status of a failure", () => {
  const failed = { status: 429 };

  test.each([
    ["application/json", ANSWER, ANSWER],
    ["text/html", "<p>Slow down", "<p>Slow down"],
    ["application/octet-stream", "binary", ""],
    ["application/x-of-tomorrow", ANSWER, ANSWER],
    ["application/x-of-tomorrow", "any text", ""],
  ])("in %s is read for its words: %j gives %j", async (type, body, text) => {
    const { reading } = await read(type, [body], true, failed);
    expect(reading).toEqual({ form: "status", text, isBroken: false });
  });

  test("keeps that status where its body broke off", async () => {
    const upstream = openUpstream("application/json", failed);
    const body = new Body(upstream.response);
    const reading = readAnswer(upstream.response, body, { isNamed: true }, UNLIMITED);
    upstream.send("{");
    upstream.cut();
    expect(await reading).toEqual({ form: "status", text: "", isBroken: true });
  });

  test.each([
    [201, true],
    [302, true],
    [302, false],
  ])("%d is not read at all, named endpoint or not", async (status, isNamed) => {
    const upstream = openUpstream("application/json", { status });
    const body = new Body(upstream.response);
    const reading = await readAnswer(upstream.response, body, { isNamed }, UNLIMITED);
    expect(reading).toEqual({ form: "status", text: "", isBroken: false });
    expect(upstream.isCanceled()).toBe(true);
  });

  test("is a failure on other endpoints only beyond 299", async () => {
    const { reading } = await read("application/json", [ANSWER], false, { status: 201 });
    expect(reading.form).toBe("json");
  });
});

test("a success that broke off says nothing, and one without a body is none elsewhere", async () => {
  const upstream = openUpstream("application/json");
  const body = new Body(upstream.response);
  const reading = readAnswer(upstream.response, body, { isNamed: true }, UNLIMITED);
  upstream.send("{");
  upstream.cut();
  expect(await reading).toEqual({ form: "broken" });
  const empty = new Response(null, { status: 204 });
  const none = readAnswer(empty, new Body(empty), { isNamed: false }, UNLIMITED);
  expect(await none).toEqual({ form: "none" });
});
