import { describe, expect, test } from "bun:test";
import { HELLO, startCandor } from "../harness/candor.ts";
import {
  chunk,
  expectService,
  forwarded,
  LAST_CHUNK,
  LENGTH,
  outcomeOf,
  post,
  SMUGGLED,
} from "../harness/hostile-client.ts";
import { connectTo } from "../harness/raw-client.ts";
import { atOnce } from "../harness/raw-proxy.ts";

describe("a request within another", () => {
  test("stays a body, where the length says so", async () => {
    await using candor = startCandor({ settings: { OPENROUTER_API_KEY: "" } });
    using client = await connectTo(candor.url);
    const lines = ["authorization: Bearer a", `content-length: ${SMUGGLED.length}`];
    client.send(post(lines, SMUGGLED, "POST /v1/files HTTP/1.1"));
    await client.receivedUpTo("\r\n\r\n{");
    expect(outcomeOf(client).statuses).toEqual([200]);
    expect(forwarded(candor)).toEqual([{ asked: "POST /files", body: SMUGGLED }]);
  });

  const unheard: [method: string, line: string, body: string][] = [
    ["GET", `content-length: ${SMUGGLED.length}`, SMUGGLED],
    ["GET", "transfer-encoding: chunked", chunk(SMUGGLED) + LAST_CHUNK],
    ["HEAD", `content-length: ${SMUGGLED.length}`, SMUGGLED],
    ["HEAD", "transfer-encoding: chunked", chunk(SMUGGLED) + LAST_CHUNK],
  ];
  test.each(unheard)("is not heard as the body of a %s with %s", async (method, line, body) => {
    await using candor = startCandor();
    using client = await connectTo(candor.url);
    client.send(post([line], body, `${method} /healthz HTTP/1.1`));
    await client.receivedUpTo("HTTP/1.1 200 OK");
    // What comes behind it is the next request.
    client.send("GET /nowhere HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
    await client.receivedUpTo("There is nothing at /nowhere");
    expect(outcomeOf(client).statuses).toEqual([200, 404]);
    await expectService(candor);
    expect(forwarded(candor)).toEqual([]);
  });

  test("behind a body is checked like any other", async () => {
    const settings = { PROXY_API_KEYS: "key-of-the-first" };
    await using candor = startCandor({ settings });
    using client = await connectTo(candor.url);
    client.send(post(["authorization: Bearer key-of-the-first", "content-length: 2"], "{}"));
    await client.receivedUpTo("}}");
    client.send(SMUGGLED);
    await client.receivedUpTo("invalid_api_key");
    expect(outcomeOf(client).statuses).toEqual([400, 401]);
    expect(candor.received).toHaveLength(0);
  });

  test("behind a body, in one breath with it, never goes upstream with its key", async () => {
    const settings = { PROXY_API_KEYS: "key-of-the-first" };
    await using candor = startCandor({ settings });
    using client = await connectTo(candor.url);
    const lines = ["authorization: Bearer key-of-the-first", LENGTH];
    client.send(post(lines, HELLO) + SMUGGLED);
    await atOnce(client.closed);
    expect(forwarded(candor).filter(({ asked }) => asked !== "POST /chat/completions")).toEqual([]);
  });
});
