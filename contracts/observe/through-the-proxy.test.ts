import { expect, test } from "bun:test";
import { createMetrics } from "../../src/observe/metrics.ts";
import { createRing } from "../../src/observe/ring.ts";
import { diagnose } from "../../src/page/diagnosis.ts";
import { verdictSentences } from "../../src/page/verdict-sentences.ts";
import { loadFixtures } from "../../src/recordings/fixtures.ts";
import { replayedResponse } from "../../src/recordings/replay.ts";
import { appOf } from "../harness/app.ts";
import { configure } from "../harness/ways.ts";

/** What a real proxy tells its sinks, when a fixture is what upstream sends. */
async function seen(name: string, stream: boolean) {
  const fixture = loadFixtures().get(`chat-completions/${name}`);
  if (fixture === undefined) throw new Error(`${name} is no fixture`);
  const ring = createRing();
  const metrics = createMetrics({ version: "1" });
  const send = async () => replayedResponse(fixture.response);
  const app = appOf(configure({}), send, [ring.sink, metrics.sink]);
  const messages = [{ role: "user", content: "Hello" }];
  const request = new Request("http://127.0.0.1/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", host: "127.0.0.1" },
    body: JSON.stringify({ model: "openai/gpt-4o-mini", stream, messages }),
  });
  const response = await app.handle(request);
  await response.text().catch(() => "a break is to be seen too");
  const record = ring.recent()[0]?.record ?? expect.unreachable("no exchange ended");
  return { record, metrics: await (await metrics.respond()).text() };
}

test.each([
  { name: "200-error-429-free-models-per-day", stream: false, rule: "error-in-body" },
  { name: "stream-error-429-free-models-per-day", stream: true, rule: "error-in-event" },
])("the mission's case $name is told as what it is", async ({ name, stream, rule }) => {
  const { record, metrics } = await seen(name, stream);
  expect(record).toMatchObject({ outcome: "repaired", upstreamStatus: 200, status: 429, rule });
  expect(metrics).toContain('candor_hidden_failures_total{status="429"} 1');
  const [finding] = diagnose([record], [], Date.now());
  expect(finding).toMatchObject({
    blame: "OpenRouter",
    sentence:
      "OpenRouter is failing: the last request, hidden in a 200; 429 from openai/gpt-4o-mini.",
  });
  expect(verdictSentences(record).at(-1)).toStartWith("The client got 429");
});

test("a stream that is cut behind its status line is a hidden failure, told in band", async () => {
  const { record, metrics } = await seen("stream-cut-after-content", true);
  expect(record).toMatchObject({ status: 200, trueStatus: 502, rule: "cut" });
  expect(metrics).toContain('candor_hidden_failures_total{status="502"} 1');
  expect(metrics).toContain('candor_endings_total{ending="cut"} 1');
});

test("a healthy stream is relayed, and its first token is timed", async () => {
  const { record, metrics } = await seen("stream-success", true);
  expect(record).toMatchObject({ outcome: "relayed", upstreamStatus: 200, status: 200 });
  expect(metrics).toMatch(/candor_first_token_seconds_count\{.*\} 1/);
  expect(diagnose([record], [], Date.now())[0]?.gravity).toBe("good");
});
