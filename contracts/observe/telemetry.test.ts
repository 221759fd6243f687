import { expect, test } from "bun:test";
import { createTelemetry } from "../../src/observe/telemetry/telemetry.ts";
import { readTelemetrySettings } from "../../src/observe/telemetry/telemetry-settings.ts";
import { inBand, record, refused, repaired } from "./made-up-records.ts";
import { readAttributes, startOtlpReceiver } from "./otlp-receiver.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";

async function telemetryFor(environment: Record<string, string>, problems: string[] = []) {
  const reading = readTelemetrySettings(environment);
  if ("problems" in reading) throw new Error(reading.problems.join(" "));
  const telemetry = await createTelemetry(reading.settings, {
    version: "1.2.3",
    upstream: "https://openrouter.ai/api/v1",
    onProblem: (problem) => problems.push(problem),
  });
  if (telemetry === undefined) throw new Error("telemetry is off");
  return telemetry;
}

test("nothing is loaded, and there is nothing to call, where nobody asks for it", async () => {
  const reading = readTelemetrySettings({});
  const context = { version: "1", upstream: "https://x", onProblem() {} };
  expect(
    "settings" in reading && (await createTelemetry(reading.settings, context)),
  ).toBeUndefined();
});

test("the client's trace goes on through Candor to upstream", async () => {
  await using receiver = startOtlpReceiver();
  const telemetry = await telemetryFor({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const exchange = record();
  const traceparent = `00-${TRACE}-${PARENT}-01`;
  telemetry.arrive(exchange, new Headers({ traceparent, tracestate: "vendor=1" }));
  const sent = telemetry.send(exchange);
  for (const sink of telemetry.sinks) sink.end(exchange);
  await telemetry.close();
  const [client, server] = receiver.spans().toSorted((one, other) => other.kind - one.kind);
  expect(server).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, kind: 2 });
  expect(client).toMatchObject({ traceId: TRACE, parentSpanId: server?.spanId, kind: 3 });
  expect(sent).toEqual({
    traceparent: `00-${TRACE}-${client?.spanId}-01`,
    tracestate: "vendor=1",
  });
});

test("the spans have HTTP's and GenAI's attributes, the exchange's own times, and what Candor did", async () => {
  await using receiver = startOtlpReceiver();
  const telemetry = await telemetryFor({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=a",
    OTEL_SERVICE_NAME: "gateway",
  });
  const exchange = repaired({ keyName: "team-a", trueStatus: 503, status: 503 });
  telemetry.arrive(exchange, new Headers());
  telemetry.send(exchange);
  for (const sink of telemetry.sinks) sink.end(exchange);
  await telemetry.close();
  const [client, server] = receiver.spans().toSorted((one, other) => other.kind - one.kind);
  expect(server).toMatchObject({
    name: "POST /v1/chat/completions",
    attributes: {
      "http.request.method": "POST",
      "http.route": "/v1/chat/completions",
      "http.response.status_code": 503,
      "error.type": "error-in-event",
      "candor.outcome": "repaired",
      "candor.key.name": "team-a",
    },
    status: { code: 2 },
    resource: { "service.name": "gateway", "service.version": "1.2.3" },
  });
  expect(server?.events.map(({ name }) => name)).toEqual(["candor.hold", "candor.repair"]);
  expect(server?.startTimeUnixNano).toBe(`${exchange.at}000000`);
  expect(server?.endTimeUnixNano).toBe(`${exchange.at + 2000}000000`);
  expect(client).toMatchObject({
    name: "chat openai/gpt-4o-mini",
    status: { code: 2, message: "rate_limit_exceeded" },
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openrouter",
      "gen_ai.request.model": "openai/gpt-4o-mini",
      "gen_ai.response.id": "gen-1",
      "gen_ai.usage.input_tokens": 12,
      "gen_ai.usage.output_tokens": 88,
      "http.response.status_code": 200,
      "server.address": "openrouter.ai",
      "server.port": 443,
    },
  });
  expect(receiver.requests[0]?.headers.get("x-tenant")).toBe("a");
});

test("a refused request is one span, a failure in band is told as an event", async () => {
  await using receiver = startOtlpReceiver();
  const telemetry = await telemetryFor({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  for (const exchange of [refused(), inBand()]) {
    telemetry.arrive(exchange, new Headers());
    for (const sink of telemetry.sinks) sink.end(exchange);
  }
  await telemetry.close();
  const events = receiver.spans().map((span) => span.events.map(({ name }) => name));
  expect(events).toEqual([[], ["candor.hold", "candor.commit", "candor.in_band_failure"]]);
});

test("what is not sampled is not sent, and upstream is told so", async () => {
  await using receiver = startOtlpReceiver();
  const telemetry = await telemetryFor({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0",
  });
  const exchange = record();
  telemetry.arrive(exchange, new Headers());
  expect(telemetry.send(exchange)["traceparent"]).toEndWith("-00");
  for (const sink of telemetry.sinks) sink.end(exchange);
  await telemetry.close();
  expect(receiver.spans()).toEqual([]);
});

test("a thousand exchanges are two thousand spans", async () => {
  await using receiver = startOtlpReceiver();
  const telemetry = await telemetryFor({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  for (let index = 0; index < 1000; index++) {
    const exchange = record();
    telemetry.arrive(exchange, new Headers());
    telemetry.send(exchange);
    for (const sink of telemetry.sinks) sink.end(exchange);
  }
  await telemetry.close();
  expect(receiver.spans()).toHaveLength(2000);
});

test("metrics go by OTLP where they are asked for, with their conventional names", async () => {
  await using receiver = startOtlpReceiver();
  const telemetry = await telemetryFor({
    OTEL_METRICS_EXPORTER: "otlp",
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${receiver.url}/v1/metrics`,
  });
  for (const exchange of [record(), repaired(), inBand()]) {
    for (const sink of telemetry.sinks) sink.end(exchange);
  }
  await telemetry.close();
  const metrics = receiver.metrics();
  expect([...metrics.keys()].toSorted()).toEqual([
    "candor.hidden_failures",
    "gen_ai.client.inference.duration",
    "gen_ai.client.inference.time_to_first_chunk",
    "http.server.request.duration",
  ]);
  const hidden = metrics.get("candor.hidden_failures")?.sum?.dataPoints ?? [];
  const counts = hidden.map(({ attributes, asInt, asDouble }) => [
    readAttributes(attributes),
    Number(asInt ?? asDouble),
  ]);
  expect(counts).toEqual([
    [{ "http.response.status_code": 429 }, 1],
    [{ "http.response.status_code": 502 }, 1],
  ]);
});

test("a collector that is not there holds an end up for three seconds at most, and its address is told nowhere", async () => {
  const problems: string[] = [];
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://user:secret@127.0.0.1:1" };
  const telemetry = await telemetryFor(environment, problems);
  const before = performance.now();
  const exchange = record();
  telemetry.arrive(exchange, new Headers());
  for (const sink of telemetry.sinks) sink.end(exchange);
  await telemetry.close();
  expect(performance.now() - before).toBeLessThan(4000);
  expect(problems.length).toBeLessThanOrEqual(1);
  expect(problems.join()).not.toContain("secret");
}, 10_000);
