import { expect, setDefaultTimeout, test } from "bun:test";
import { connectTo, postBytes } from "../harness/raw-client.ts";
import { atOnce, PLAIN, startRawProxy, STREAM } from "../harness/raw-proxy.ts";
import { ANSWER, COMMENT, DONE, FINISH, textEvent } from "../harness/stream-events.ts";

// The server breaks a connection off after about four seconds, so that a test may take five.
setDefaultTimeout(30_000);

test.each(["text/plain", "text/plain; charset=utf-8"])(
  "a stream under %s is committed after STREAM_HOLD_MS too",
  async (contentType) => {
    await using proxy = startRawProxy({ STREAM_HOLD_MS: "100" });
    const answer = proxy.post(STREAM);
    const asked = await proxy.upstream.next();
    await asked.begin(contentType);
    await asked.chunk(COMMENT);
    expect((await atOnce(answer)).status).toBe(200);
  },
);

test("a stream is committed after STREAM_HOLD_BYTES of an event that is still incomplete", async () => {
  await using proxy = startRawProxy({ STREAM_HOLD_BYTES: "200" });
  const answer = proxy.post(STREAM);
  const asked = await proxy.upstream.next();
  await asked.begin("text/event-stream");
  await asked.chunk(textEvent("x".repeat(300)).slice(0, -2));
  expect((await atOnce(answer)).status).toBe(200);
});

test("a client that leaves while an error's body is read is logged as gone", async () => {
  await using proxy = startRawProxy();
  using client = await connectTo(proxy.url);
  client.send(postBytes(PLAIN));
  const asked = await proxy.upstream.next();
  await asked.write("HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json\r\n");
  await asked.write(`content-length: ${ANSWER.length}\r\n\r\n${ANSWER.slice(0, 9)}`);
  const entry = proxy.nextEntry();
  client.leave();
  expect(await atOnce(entry)).toMatchObject({ rule: "client-gone" });
});

test("the rest is not read if upstream floods behind [DONE]", async () => {
  await using proxy = startRawProxy();
  const answer = proxy.post(STREAM);
  const asked = await proxy.upstream.next();
  await asked.begin("text/event-stream");
  await asked.chunk(textEvent("Hello") + FINISH + DONE);
  await (await answer).text();
  let bytes = 0;
  for (; Bun.peek.status(asked.closed) === "pending"; bytes += 65_536) {
    await asked.chunk("x".repeat(65_536));
  }
  expect(bytes).toBeLessThan(20 * 2 ** 20);
});
