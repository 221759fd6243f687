import { expect, test } from "bun:test";
import { readTelemetrySettings } from "./telemetry-settings.ts";

function settingsOf(environment: Record<string, string>) {
  const reading = readTelemetrySettings(environment);
  if ("problems" in reading) throw new Error(reading.problems.join(" "));
  return reading.settings;
}

test.each([
  ["nothing is set", {}],
  [
    "the SDK is disabled",
    { OTEL_SDK_DISABLED: "true", OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318" },
  ],
  [
    "the exporter is none",
    { OTEL_TRACES_EXPORTER: "none", OTEL_EXPORTER_OTLP_ENDPOINT: "http://c" },
  ],
  ["the endpoint is empty", { OTEL_EXPORTER_OTLP_ENDPOINT: "" }],
])("all is off where %s", (_when, environment) => {
  expect(settingsOf(environment)).toMatchObject({ traces: undefined, metrics: undefined });
});

test("an endpoint asks for traces, and stands before their path", () => {
  const settings = settingsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/base/" });
  expect(settings.traces?.url).toBe("http://collector:4318/base/v1/traces");
  expect(settings.metrics).toBeUndefined();
});

test("the endpoint of traces is used as it is; their exporter alone asks for the usual place", () => {
  const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://traces.example/in" };
  expect(settingsOf(own).traces?.url).toBe("https://traces.example/in");
  const named = settingsOf({ OTEL_TRACES_EXPORTER: "console,otlp" });
  expect(named.traces?.url).toBe("http://localhost:4318/v1/traces");
});

test("metrics are sent only where they are named", () => {
  const settings = settingsOf({ OTEL_METRICS_EXPORTER: "otlp" });
  expect(settings.metrics?.url).toBe("http://localhost:4318/v1/metrics");
  expect(settings.traces).toBeUndefined();
});

test("header fields, attributes and the service's name are read as baggage is written", () => {
  const settings = settingsOf({
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://c",
    OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=a%20b, api-key=k=1",
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: "x-tenant=traces,broken=%E0%A4%A",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=prod,service.name=other",
    OTEL_SERVICE_NAME: "gateway",
  });
  expect(settings.traces?.headers).toEqual({
    "x-tenant": "traces",
    "api-key": "k=1",
    broken: "%E0%A4%A",
  });
  expect(settings.resource).toEqual({
    "deployment.environment.name": "prod",
    "service.name": "gateway",
  });
});

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }, "OTEL_EXPORTER_OTLP_ENDPOINT"],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, "OTEL_EXPORTER_OTLP_PROTOCOL"],
  [{ OTEL_TRACES_SAMPLER: "jaeger_remote" }, "OTEL_TRACES_SAMPLER"],
  [{ OTEL_TRACES_SAMPLER_ARG: "2" }, "OTEL_TRACES_SAMPLER_ARG"],
])("a value that cannot be followed is told of with its name", (environment, name) => {
  const reading = readTelemetrySettings({ OTEL_TRACES_EXPORTER: "otlp", ...environment });
  expect("problems" in reading && reading.problems.join(" ")).toContain(name);
});
