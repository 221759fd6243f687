import { describe, expect, test } from "bun:test";
import type { ExchangeRecord } from "../../src/observe/record.ts";
import { askRaw } from "../harness/ask-raw.ts";
import { startCandor, withCandor } from "../harness/candor.ts";
import { connectTo } from "../harness/raw-client.ts";
import { type RawExchange, startRawUpstream } from "../harness/raw-upstream.ts";
import { fixtureOf } from "../harness/ways.ts";

type Pair = [name: string, value: string];
const JSON_TYPE: Pair = ["content-type", "application/json"];

/** An answer of upstream without a body. */
function answerOf(status: number, ...headers: Pair[]) {
  return { status, headers, chunks: [], end: "closed" as const };
}

/** A client's request, and the upstream that a test answers it as, by hand. */
interface Asked extends AsyncDisposable {
  exchange: RawExchange;
  answer: Promise<Response>;
  /** The client leaves. */
  leave: () => void;
}

/** Asks another endpoint; the answer is still to come. */
async function ask(path: string): Promise<Asked> {
  const upstream = startRawUpstream();
  const candor = startCandor({ settings: { OPENROUTER_BASE_URL: upstream.url } });
  const leaving = new AbortController();
  const answer = fetch(candor.baseUrl + path, { signal: leaving.signal });
  return {
    exchange: await upstream.next(),
    answer,
    leave: () => leaving.abort(),
    async [Symbol.asyncDispose]() {
      upstream[Symbol.dispose]();
      await candor[Symbol.asyncDispose]();
    },
  };
}

interface Reader {
  read(): Promise<{ value?: Uint8Array | undefined }>;
}

/** What a client reads next; undefined at the end. */
async function readText(reader: Reader | undefined): Promise<string | undefined> {
  const value = (await reader?.read())?.value;
  return value && new TextDecoder().decode(value);
}

describe("a method", () => {
  test.each(["OPTIONS", "PROPFIND", "TRACE", "CONNECT"])("%s is not allowed", async (method) => {
    await withCandor({}, async ({ url, received }) => {
      const answer = await askRaw(url, `${method} /v1/models HTTP/1.1`);
      expect(answer).toStartWith("HTTP/1.1 405 ");
      expect(answer).toContain("\r\nallow: GET, HEAD, POST, PUT, PATCH, DELETE\r\n");
      expect(received).toEqual([]);
    });
  });

  test("GET with a body is refused", async () => {
    await withCandor({}, async ({ url, received }) => {
      using client = await connectTo(url);
      const fields = "Host: localhost\r\nContent-Length: 2\r\nConnection: close";
      client.send(`GET /v1/models HTTP/1.1\r\n${fields}\r\n\r\n{}`);
      expect(await client.receivedUpTo("\r\n\r\n")).toStartWith("HTTP/1.1 400 ");
      expect(received).toEqual([]);
    });
  });

  const heads: [title: string, status: number, fields: Pair[], shown: string[]][] = [
    ["upstream's length", 200, [JSON_TYPE, ["content-length", "7"]], ["content-length: 7"]],
    ["no length, where there is none", 200, [JSON_TYPE], []],
    ["no length, where there are chunks", 200, [JSON_TYPE, ["transfer-encoding", "chunked"]], []],
    ["no length of what is decoded", 200, answerLengthOf("gzip"), []],
    ["no length, with 204", 204, [], []],
  ];
  test.each(heads)(
    "HEAD has upstream's header fields, %s, and no body",
    async (_title, status, fields, shown) => {
      const answer = () => answerOf(status, ...fields, ["x-total", "7"]);
      await withCandor({ answer }, async ({ url }) => {
        const head = await askRaw(url, "HEAD /v1/models HTTP/1.1");
        expect(head).toStartWith(`HTTP/1.1 ${status} `);
        expect(head).toContain("\r\nx-total: 7\r\n");
        const lengths = [...head.matchAll(/^content-length: .*(?=\r\n)/gim)];
        expect(lengths.map(([line]) => line)).toEqual(shown);
        expect(head).toEndWith("\r\n\r\n");
      });
    },
  );

  test("HEAD of what fails has its status, and no body", async () => {
    await withCandor({ answer: () => answerOf(404, JSON_TYPE) }, async ({ url }) => {
      const head = await askRaw(url, "HEAD /v1/models HTTP/1.1");
      expect(head).toStartWith("HTTP/1.1 404 ");
      expect(head).toEndWith("\r\n\r\n");
    });
  });
});

/** The header fields of a body of 7 bytes in a coding. */
function answerLengthOf(coding: string): Pair[] {
  return [
    ["content-length", "7"],
    ["content-encoding", coding],
  ];
}

describe("a binary answer", () => {
  test.each([
    ["audio/mpeg", "200 OK"],
    ["image/png", "201 Created"],
    ["application/octet-stream", "206 Partial Content"],
  ])("%s with %s arrives while it is made, with its status", async (type, status) => {
    await using asked = await ask("/files/file-1/content");
    const { exchange } = asked;
    const fields = `content-type: ${type}\r\ntransfer-encoding: chunked`;
    await exchange.write(`HTTP/1.1 ${status}\r\n${fields}\r\n\r\n`);
    await exchange.chunk("first");
    const response = await asked.answer;
    const reader = response.body?.getReader();
    expect(response.status).toBe(Number.parseInt(status, 10));
    expect(response.headers.get("content-type")).toBe(type);
    expect(await readText(reader)).toBe("first");
    await exchange.chunk("last");
    await exchange.finish();
    expect(await readText(reader)).toBe("last");
    expect(await readText(reader)).toBeUndefined();
  });

  test.each(["transfer-encoding: chunked", "content-length: 100"])(
    "that upstream breaks off before its first byte is a 502 (%s)",
    async (framing) => {
      await using asked = await ask("/files/file-1/content");
      await asked.exchange.write(
        `HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\n${framing}\r\n\r\n`,
      );
      asked.exchange.close();
      const response = await asked.answer;
      expect(response.status).toBe(502);
      expect(response.headers.get("content-type")).toBe("application/json");
    },
  );

  test("that upstream breaks off is broken off for the client: it has no place for an error", async () => {
    await using asked = await ask("/files/file-1/content");
    await asked.exchange.begin("audio/mpeg");
    await asked.exchange.chunk("first");
    const reader = (await asked.answer).body?.getReader();
    expect(await readText(reader)).toBe("first");
    asked.exchange.reset();
    expect(await readText(reader).catch(() => "broken off")).toBe("broken off");
  });
});

describe("a client that leaves frees upstream", () => {
  test("that has not answered", async () => {
    await using asked = await ask("/models");
    asked.leave();
    expect(await asked.answer.catch(() => "left")).toBe("left");
    await asked.exchange.closed;
  });

  const begun: [type: string, beginning: string][] = [
    ["audio/mpeg", "ID3"],
    ["text/event-stream", 'data: {"type":"image_generation.partial_image"}\n\n'],
  ];
  test.each(begun)("that has begun to answer with %s", async (type, beginning) => {
    await using asked = await ask("/images");
    await asked.exchange.begin(type);
    await asked.exchange.chunk(beginning);
    const reader = (await asked.answer).body?.getReader();
    expect(await readText(reader)).toBe(beginning);
    asked.leave();
    await asked.exchange.closed;
  });

  test("that is in the middle of an answer that is judged as a whole", async () => {
    await using asked = await ask("/models");
    await asked.exchange.begin("application/json");
    await asked.exchange.chunk('{"data":[');
    asked.leave();
    expect(await asked.answer.catch(() => "left")).toBe("left");
    await asked.exchange.closed;
  });
});

test.each([301, 303, 304, 307, 308])("a redirect is not followed: %d is a 502", async (status) => {
  const answer = () => answerOf(status, ["location", "/api/v1/elsewhere"]);
  await withCandor({ answer }, async ({ baseUrl, received }) => {
    const response = await fetch(`${baseUrl}/models`, { redirect: "manual" });
    expect(response.status).toBe(502);
    expect(response.headers.get("proxy-status")).toContain(`received-status=${status}`);
    expect(received).toHaveLength(1);
  });
});

test.each(["/", "/v1", "/v1?x=1", "/models", "/v2/models"])(
  "there is nothing at %s",
  async (path) => {
    await withCandor({}, async ({ url, received }) => {
      const response = await fetch(url + path);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: { code: "not_found" } });
      expect(received).toEqual([]);
    });
  },
);

test("an exchange is one line of the log, with its method and its path", async () => {
  const entries: ExchangeRecord[] = [];
  const log = {
    end: (entry: ExchangeRecord) => entries.push(entry),
    info() {},
    warn() {},
    error() {},
    async flush() {},
  };
  const { response } = fixtureOf("models/200-error-500");
  await withCandor({ log, answer: () => response }, async ({ baseUrl }) => {
    await fetch(`${baseUrl}/models?key=secret`);
    await fetch(`${baseUrl}/keys/1`, { method: "DELETE" });
    await fetch(`${baseUrl}/models`, { method: "OPTIONS" });
  });
  const shown = entries.map(({ method, path, upstreamStatus, status, rule }) => {
    return [method, path, upstreamStatus, status, rule];
  });
  expect(shown).toEqual([
    ["GET", "/v1/models", 200, 500, "error-in-body"],
    ["DELETE", "/v1/keys/1", 200, 500, "error-in-body"],
    ["OPTIONS", "/v1/models", undefined, 405, "wrong-method"],
  ]);
});
