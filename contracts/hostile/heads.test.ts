import { describe, expect, test } from "bun:test";
import { HELLO, startCandor } from "../harness/candor.ts";
import {
  attack,
  expectService,
  forwarded,
  LENGTH,
  outcomeOf,
  post,
} from "../harness/hostile-client.ts";
import { connectTo } from "../harness/raw-client.ts";

const GOOD = post([LENGTH], HELLO);
const long = (bytes: number) => "x".repeat(bytes);
const fields = (count: number) => Array.from({ length: count }, (_, index) => `x-${index}: a`);

/** A good request but for its first line. */
const asking = (requestLine: string) => post([LENGTH], HELLO, requestLine);

const BAD_HEADS: [name: string, status: number, bytes: string][] = [
  ["a folded field", 400, post(["x-a: b", " c", LENGTH], HELLO)],
  ["a field folded with a tab", 400, post(["x-a: b", "\tc", LENGTH], HELLO)],
  ["a fold before the first field", 400, GOOD.replace("host:", " host:")],
  ["bare LFs as line ends", 505, GOOD.replaceAll("\r\n", "\n")],
  ["a bare LF behind a field", 400, post([`x-a: b\n${LENGTH}`], HELLO)],
  ["a bare LF at the end of the head", 400, GOOD.replace("\r\n\r\n", "\r\n\n")],
  ["a bare CR in a field", 400, post(["x-a: b\rx-c: d", LENGTH], HELLO)],
  ["a NUL in a field", 400, post(["x-a: b\0c", LENGTH], HELLO)],
  ["a NUL in a field's name", 400, post(["x-\0a: b", LENGTH], HELLO)],
  ["a NUL in the path", 505, asking("POST /pro\0xy HTTP/1.1")],
  ["a control character in a field", 400, post(["x-title: b\x01c", LENGTH], HELLO)],
  ["a line without a colon", 400, post(["garbage", LENGTH], HELLO)],
  ["a field without a name", 400, post([": x", LENGTH], HELLO)],
  ["a space in a field's name", 400, post(["x a: b", LENGTH], HELLO)],
  ["an empty line before it", 400, `\r\n${GOOD}`],
  ["no host", 400, GOOD.replace("host: 127.0.0.1\r\n", "")],
  ["a path without a slash", 400, asking("POST v1/embeddings HTTP/1.1")],
  ["a path that begins as an address of mail", 400, asking("POST @evil.example/v1/a HTTP/1.1")],
  ["a star as its path", 400, post([], "", "OPTIONS * HTTP/1.1")],
  ["two spaces in its first line", 400, asking("POST  /proxy HTTP/1.1")],
  ["tabs in its first line", 505, asking("POST\t/proxy\tHTTP/1.1")],
  ["a space behind its first line", 505, asking("POST /proxy HTTP/1.1 ")],
  ["no version, as in HTTP/0.9", 505, "GET /healthz\r\n"],
  ["version 1.2", 505, asking("POST /proxy HTTP/1.2")],
  ["version 2.0", 505, asking("POST /proxy HTTP/2.0")],
  ["a version in small letters", 505, asking("POST /proxy http/1.1")],
  ["the preface of HTTP/2", 400, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ["the beginning of TLS", 400, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
  ["no HTTP at all", 400, "\0\x01\x02\x03\r\n\r\n"],
  ["a field of 16 KB", 431, post([`x-a: ${long(16_384)}`, LENGTH], HELLO)],
  ["a field of 100 KB", 431, post([`x-a: ${long(100_000)}`, LENGTH], HELLO)],
  ["a field of 1 MB", 431, post([`x-a: ${long(1_000_000)}`, LENGTH], HELLO)],
  ["a field that does not end", 431, `GET /healthz HTTP/1.1\r\nx-a: ${long(17_000)}`],
  ["250 fields", 431, post([...fields(250), LENGTH], HELLO)],
  ["a path of 20 KB", 431, asking(`POST /v1/${long(20_000)} HTTP/1.1`)],
  ["a path of 1 MB", 431, asking(`POST /v1/${long(1_000_000)} HTTP/1.1`)],
  ["a method of 20 KB", 431, long(20_000)],
];

test.each(BAD_HEADS)("a request with %s is a %d, and ends its connection", async (...row) => {
  const [, status, bytes] = row;
  await using candor = startCandor();
  expect((await attack(candor, Buffer.from(bytes, "latin1"))).statuses).toEqual([status]);
  expect(forwarded(candor)).toEqual([]);
});

const HOSTLESS: [title: string, head: string][] = [
  ["an old request", "POST /v1/embeddings HTTP/1.0"],
  ["an old request whose path has another in it", "POST /aaaaaaa/v1/embeddings HTTP/1.0"],
  ["an old request of a path that there is not", "POST /elsewhere HTTP/1.0"],
  ["a name before the host", "POST /v1/embeddings HTTP/1.1\r\nHost: a@b"],
  ["a path behind the host", "POST /proxy HTTP/1.1\r\nHost: a/b"],
];

test.each(HOSTLESS)("without a host to go by, a request is refused: %s", async (_title, head) => {
  await using candor = startCandor();
  using client = await connectTo(candor.url);
  client.send(`${head}\r\nContent-Type: application/json\r\n${LENGTH}\r\n\r\n${HELLO}`);
  const answer = await client.receivedUpTo("}}");
  expect(answer).toMatch(/^HTTP\/1\.[01] 40[03] /);
  expect(answer).toMatch(/host/i);
  expect(forwarded(candor)).toEqual([]);
});

test.each(["BREW", "post"])("the method %s ends its connection without a word", async (method) => {
  await using candor = startCandor();
  expect((await attack(candor, asking(`${method} /proxy HTTP/1.1`))).answer).toBe("");
  expect(forwarded(candor)).toEqual([]);
});

test("a head of nearly 16 KB, with nearly 200 fields, is taken", async () => {
  await using candor = startCandor();
  using client = await connectTo(candor.url);
  client.send(post([...fields(190), `x-a: ${long(12_000)}`, LENGTH], HELLO));
  await client.receivedUpTo("\r\n\r\n{");
  expect(outcomeOf(client).statuses).toEqual([200]);
});

describe("what is asked for", () => {
  const targets: [requestLine: string, status: number, asked: string[]][] = [
    ["POST http://evil.example/proxy HTTP/1.1", 200, ["POST /chat/completions"]],
    ["POST https://evil.example/v1/files HTTP/1.1", 200, ["POST /files"]],
    ["POST http://evil.example/v1/../../files HTTP/1.1", 404, []],
    ["POST //evil.example/v1/files HTTP/1.1", 404, []],
    ["POST /v1/../../files HTTP/1.1", 404, []],
    ["POST /v1/%2e%2e/%2e%2e/files HTTP/1.1", 404, []],
    ["POST /v1/..\\..\\files HTTP/1.1", 404, []],
    ["POST /v1/files%0d%0ax:%20y HTTP/1.1", 200, ["POST /files%0d%0ax:%20y"]],
    ["CONNECT evil.example:443 HTTP/1.1", 404, []],
    ["CONNECT /v1/files HTTP/1.1", 405, []],
    ["TRACE /v1/files HTTP/1.1", 405, []],
  ];
  test.each(targets)("by %j is a %d, and never leads elsewhere", async (line, status, asked) => {
    await using candor = startCandor();
    using client = await connectTo(candor.url);
    client.send(asking(line));
    await expectService(candor);
    await client.receivedUpTo("\r\n\r\n{");
    expect(outcomeOf(client).statuses).toEqual([status]);
    expect(forwarded(candor).map((request) => request.asked)).toEqual(asked);
  });

  test("is not upgraded to h2c", async () => {
    await using candor = startCandor();
    using client = await connectTo(candor.url);
    const lines = ["connection: upgrade", "upgrade: h2c", "http2-settings: AAMAAABkAAQAAP__"];
    client.send(post(lines, "", "GET /v1/models HTTP/1.1"));
    await client.receivedUpTo("\r\n\r\n{");
    expect(outcomeOf(client).statuses).toEqual([200]);
    expect(candor.received[0]?.headers.get("upgrade")).toBeNull();
  });
});

test("HTTP/1.0 gets its answer without chunks, and the end of its connection", async () => {
  await using candor = startCandor();
  const { statuses, answer } = await attack(candor, asking("POST /proxy HTTP/1.0"));
  expect(statuses).toEqual([200]);
  expect(answer.toLowerCase()).not.toContain("transfer-encoding");
  expect(forwarded(candor)).toEqual([{ asked: "POST /chat/completions", body: HELLO }]);
});
