import { expect, test } from "bun:test";
import { PLAIN, startRawProxy, STREAM } from "../harness/raw-proxy.ts";
import { ANSWER, COMMENT, eventOf, FAILURE } from "../harness/stream-events.ts";

/** Content types that do not tell what the body is: wrong or unknown ones. */
const MISLEADING = [
  "application/x-json",
  "application/grpc",
  "multipart/mixed",
  "*/*",
  '"application/json"',
];

test.each(MISLEADING)("behind the content type %p an error has its status", async (type) => {
  await using proxy = startRawProxy();
  for (const body of [JSON.stringify(FAILURE), COMMENT + eventOf(FAILURE)]) {
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    await asked.begin(type);
    await asked.chunk(body);
    await asked.finish();
    const response = await answer;
    expect([response.status, response.headers.get("content-type")]).toEqual([
      429,
      "application/json",
    ]);
    expect(await response.json()).toMatchObject({ error: { message: "Slow down" } });
  }
});

test("an error whose content type came twice has its status", async () => {
  await using proxy = startRawProxy();
  const answer = proxy.post(PLAIN);
  const asked = await proxy.upstream.next();
  await asked.begin("application/json\r\ncontent-type: application/json; charset=utf-8");
  await asked.chunk(JSON.stringify(FAILURE));
  await asked.finish();
  expect((await answer).status).toBe(429);
});

test.each(MISLEADING)("behind the content type %p a healthy answer is unchanged", async (type) => {
  await using proxy = startRawProxy();
  const answer = proxy.post(PLAIN);
  const asked = await proxy.upstream.next();
  await asked.begin(type);
  await asked.chunk(ANSWER);
  await asked.finish();
  const response = await answer;
  expect([response.status, await response.text()]).toEqual([200, ANSWER]);
  // By which SDKs know that there is something to parse.
  expect(response.headers.get("content-type")).toBe("application/json");
});

test("an error's message is read under an unknown content type", async () => {
  await using proxy = startRawProxy();
  const answer = proxy.post(PLAIN);
  const asked = await proxy.upstream.next();
  const body = JSON.stringify(FAILURE);
  const head = `content-type: application/x-json\r\ncontent-length: ${body.length}`;
  await asked.write(`HTTP/1.1 429 Too Many Requests\r\n${head}\r\n\r\n${body}`);
  expect(await (await answer).json()).toMatchObject({ error: { message: "Slow down" } });
});

test("a file of an unknown type is passed on as it comes, even if it begins like an event stream", async () => {
  await using proxy = startRawProxy();
  const answer = Bun.fetch(`${proxy.url}/v1/files/1/content`);
  const asked = await proxy.upstream.next();
  await asked.begin("application/yaml");
  await asked.chunk("data: 1\n\n");
  const response = await answer;
  expect(response.headers.get("content-type")).toBe("application/yaml");
  await asked.chunk("more: 2\n");
  await asked.finish();
  expect(await response.text()).toBe("data: 1\n\nmore: 2\n");
});
