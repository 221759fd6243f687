import { describe, expect, test } from "bun:test";
import { DenseSet } from "../core/dense-set.ts";
import { readClientRequest } from "./client-request.ts";
import { readConfig } from "../config/config.ts";
import { CHAT } from "./endpoint.ts";

const JSON_TYPE = { "content-type": "application/json" };
const GOOD = '{"messages":[{"role":"user","content":"Hi"}]}';
const LIMIT = 100;

/** What is read from a request of at most `LIMIT` bytes. */
function read(body: RequestInit["body"], headers: Record<string, string> = JSON_TYPE) {
  const settings = {
    MAX_BODY_BYTES: String(LIMIT),
    UPSTREAM_TIMEOUT_MS: "2000",
    STREAM_HOLD_MS: "50",
    FORWARDED_HOLD_MS: "20",
  };
  const reading = readConfig(settings, []);
  if ("problems" in reading) throw new Error(reading.problems.join("\n"));
  const request = new Request("http://localhost/proxy", { method: "POST", body, headers });
  return readClientRequest(request, CHAT, reading.config, new DenseSet<never>());
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A body without a length, which breaks off where `error` is given. */
function streamOf(chunks: string[], error?: Error): ReadableStream<Uint8Array> {
  const left = chunks.map(bytesOf).values();
  return new ReadableStream({
    pull(controller) {
      const { value, done } = left.next();
      if (!done) controller.enqueue(value);
      else if (error === undefined) controller.close();
      else controller.error(error);
    },
  });
}

describe("readClientRequest", () => {
  const exact: [title: string, text: string][] = [
    ["numbers beyond any precision", `${GOOD.slice(0, -1)},"seed":12345678901234567890}`],
    ["numbers as they were spelled", `${GOOD.slice(0, -1)},"top_p":1.0e0}`],
    ["white space and the order of keys", `{\n\t"z": 1,"a" :2,${GOOD.slice(1)}\r\n`],
    ["unknown fields", `${GOOD.slice(0, -1)},"provider":{"sort":"price"}}`],
    ["letters beyond ASCII, escaped or not", GOOD.replace("Hi", "h\u00e9 \\u00e9 \u{1f600}")],
  ];
  test.each(exact)("the bytes stay as they came: %s", async (_title, text) => {
    for (const body of [text, streamOf([...text])]) {
      expect(await read(body)).toMatchObject({ kind: "client-request", bytes: bytesOf(text) });
    }
  });

  test("what the body says can be read", async () => {
    const text = `${GOOD.slice(0, -1)},"model":"a","stream":true}`;
    expect(await read(text)).toMatchObject({ body: { model: "a", stream: true } });
  });

  test("of what the body says, messages and their images are not kept", async () => {
    const text = `${GOOD.slice(0, -1)},"reasoning":{"effort":"low"}}`;
    expect(await read(text)).toMatchObject({ body: { reasoning: {} } });
  });

  test.each([
    "application/json",
    "application/json; charset=utf-8",
    "application/json;charset=UTF-8",
    "application/json ; charset=utf-8",
    "Application/JSON",
    "application/json, application/json",
    "application/json; charset=utf-8, application/json",
  ])("the content type %s is JSON", async (contentType) => {
    expect(await read(GOOD, { "content-type": contentType })).toMatchObject({
      kind: "client-request",
    });
  });

  test.each([
    "application/x-www-form-urlencoded",
    "text/plain",
    "text/plain;charset=UTF-8",
    "multipart/form-data; boundary=x",
    "application/jsonl",
    "application/json-patch+json",
    "application/json, text/plain",
    "application/json; charset=utf-8, text/plain",
    "",
  ])("the content type %p is refused", async (contentType) => {
    expect(await read(GOOD, { "content-type": contentType })).toEqual({
      kind: "wrong-content-type",
      contentType,
    });
  });

  test("a compressed body is read without its coding", async () => {
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    expect(await read(Bun.gzipSync(bytesOf(GOOD)), headers)).toMatchObject({
      kind: "client-request",
      bytes: bytesOf(GOOD),
    });
  });

  test.each(["forwarded", "x-forwarded-for", "x-real-ip", "via"])(
    "a request with %s came through another proxy, and is held for a shorter time",
    async (name) => {
      const headers = { ...JSON_TYPE, [name]: "192.0.2.1" };
      expect(await read(GOOD, headers)).toMatchObject({ isForwarded: true, holdMs: 20 });
      const asking = { ...headers, "x-candor-hold-ms": "1000" };
      expect(await read(GOOD, asking)).toMatchObject({ isForwarded: true, holdMs: 1000 });
    },
  );

  test("a request without a content type is refused", async () => {
    expect(await read(bytesOf(GOOD), {})).toEqual({
      kind: "wrong-content-type",
      contentType: null,
    });
  });

  const broken: [title: string, body: string | Uint8Array<ArrayBuffer> | null][] = [
    ["no body", null],
    ["an empty body", ""],
    ["a blank body", " \n"],
    ["half a JSON text", GOOD.slice(0, 20)],
    ["a form", "messages=1"],
    ["a JSON text and more", `${GOOD}x`],
    ["JSON with a comment", `/* */${GOOD}`],
    [
      "text that is not UTF-8",
      new Uint8Array(Buffer.from(GOOD.replace("Hi", "h\u00e9"), "latin1")),
    ],
    ["JSON in UTF-16", new Uint8Array([0x7b, 0x00, 0x7d, 0x00])],
  ];
  test.each(broken)("%s is refused", async (_title, body) => {
    expect(await read(body)).toMatchObject({ kind: "bad-body", param: null });
  });

  const flawed: [text: string, param: string | null][] = [
    ["null", null],
    ["[]", null],
    ['"text"', null],
    ["{}", "messages"],
    ['{"messages":[]}', "messages"],
    ['{"messages":[{"content":"Hi"}]}', "messages[0].role"],
    [`${GOOD.slice(0, -1)},"stream":"yes"}`, "stream"],
  ];
  test.each(flawed)("the body %j is refused, and %p named", async (text, param) => {
    const failure = await read(text);
    expect(failure).toMatchObject({ kind: "bad-body", param });
    expect(failure).toHaveProperty("problem", expect.stringContaining(param ?? "The body"));
  });

  test("a body of just the limit is read, with and without a length", async () => {
    const text = GOOD.padEnd(LIMIT, " ");
    const length = { ...JSON_TYPE, "content-length": String(LIMIT) };
    expect(await read(text, length)).toMatchObject({ kind: "client-request" });
    expect(await read(streamOf([text]))).toMatchObject({ kind: "client-request" });
  });

  test("a body beyond the limit is refused, with and without a length", async () => {
    const text = GOOD.padEnd(LIMIT + 1, " ");
    const tooLarge = { kind: "body-too-large" as const, limit: LIMIT };
    const length = { ...JSON_TYPE, "content-length": String(LIMIT + 1) };
    expect(await read(text, length)).toEqual(tooLarge);
    expect(await read(streamOf([text]))).toEqual(tooLarge);
    expect(await read(streamOf([text.slice(0, 60), text.slice(60)]))).toEqual(tooLarge);
  });

  test("a body that announces more than the limit is refused by its length alone", async () => {
    const length = { ...JSON_TYPE, "content-length": String(LIMIT + 1) };
    expect(await read(GOOD, length)).toMatchObject({ kind: "body-too-large" });
  });

  test("a body without an end is given up at the limit", async () => {
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(bytesOf(GOOD)) });
    expect(await read(endless)).toMatchObject({ kind: "body-too-large" });
  });

  test("a body that breaks off is refused", async () => {
    expect(await read(streamOf([GOOD], new Error("gone")))).toEqual({ kind: "body-cut" });
  });

  test("the size is judged before the content type, and that before the body", async () => {
    const length = { "content-type": "text/plain", "content-length": "1000" };
    expect(await read("x".repeat(1000), length)).toMatchObject({ kind: "body-too-large" });
    expect(await read("{", { "content-type": "text/plain" })).toMatchObject({
      kind: "wrong-content-type",
    });
  });

  test("without x-candor-hold-ms the hold is that of the settings", async () => {
    expect(await read(GOOD)).toMatchObject({ holdMs: 50 });
  });

  test.each(["0", "1", "1999", "2000"])("x-candor-hold-ms can be %s", async (text) => {
    const headers = { ...JSON_TYPE, "x-candor-hold-ms": text };
    expect(await read(GOOD, headers)).toMatchObject({ holdMs: Number(text) });
  });

  test.each(["2001", "-1", "1.5", "1e3", "soon", "", "1, 2"])(
    "an x-candor-hold-ms of %p is refused, and what is allowed is said",
    async (text) => {
      const failure = await read(GOOD, { ...JSON_TYPE, "x-candor-hold-ms": text });
      expect(failure).toMatchObject({ kind: "bad-header", name: "x-candor-hold-ms" });
      expect(failure).toHaveProperty("problem", expect.stringContaining(`"${text}"`));
      expect(failure).toHaveProperty("problem", expect.stringContaining("0 to 2000"));
    },
  );
});

test("a body without a length is read once in each turn of the event loop", async () => {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await read(streamOf([...GOOD]));
  isOver = true;
  expect(turns).toBeGreaterThanOrEqual(GOOD.length);
});
