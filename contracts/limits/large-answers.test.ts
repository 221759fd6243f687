import { expect, test } from "bun:test";
import { postTo, PLAIN, STREAM, startRawProxy } from "../harness/raw-proxy.ts";

const LIMIT = 100_000;
const SETTINGS = { MAX_ANSWER_BYTES: String(LIMIT) };

/** A failure that hides behind so many bytes of a field. */
function hidden(size: number): string {
  return `{"x":"${"x".repeat(size)}","error":{"code":429,"message":"Slow down"}}`;
}

/** Ways to send an answer: with its length, or in chunks. */
const framings = ["with a length", "in chunks"];

test.each(framings)("a plain answer within MAX_ANSWER_BYTES is judged, %s", async (framing) => {
  expect(await answerTo(framing, hidden(LIMIT - 1000))).toMatchObject({ status: 429 });
});

test.each(framings)("a larger one is passed on as it came, %s", async (framing) => {
  const sent = hidden(3 * LIMIT);
  expect(await answerTo(framing, sent)).toEqual({ status: 200, text: sent });
});

test("of a larger one no more is read than the client takes", async () => {
  await using proxy = startRawProxy({ ...SETTINGS, CLIENT_STALL_TIMEOUT_MS: "200" });
  const answer = proxy.post(PLAIN);
  const asked = await proxy.upstream.next();
  await asked.begin("application/json");
  const more = "x".repeat(65_536);
  await asked.chunk(`{"x":"${more}${more}`);
  const response = await answer;
  expect(response.status).toBe(200);
  const entry = proxy.nextEntry();
  while (asked.isOpen()) await asked.chunk(more);
  expect(await entry).toMatchObject({ rule: "client-stalled" });
});

test("a failure of a larger body keeps its status", async () => {
  await using proxy = startRawProxy(SETTINGS);
  const answer = proxy.post(STREAM);
  const asked = await proxy.upstream.next();
  await asked.write(`HTTP/1.1 429 x\r\ncontent-length: ${10 * LIMIT}\r\n\r\n`);
  expect((await answer).status).toBe(429);
});

async function answerTo(framing: string, sent: string): Promise<{ status: number; text: string }> {
  await using proxy = startRawProxy(SETTINGS);
  const answer = postTo(proxy.url, PLAIN);
  const asked = await proxy.upstream.next();
  const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
  if (framing === "in chunks") await asked.json(sent);
  else await asked.write(`${head}content-length: ${sent.length}\r\n\r\n${sent}`);
  const response = await answer;
  return { status: response.status, text: await response.text() };
}
