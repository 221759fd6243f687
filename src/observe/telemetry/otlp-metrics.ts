import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import type { Resource } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { createBoundedLabel } from "../bounded-label.ts";
import type { ExchangeRecord, RecordSink } from "../record.ts";
import { upstreamFailure } from "../upstream-failure.ts";
import { errorType, GEN_AI, operationOf, PROVIDER } from "./span-attributes.ts";
import type { Destination } from "./telemetry-settings.ts";

/** Sends the main metrics by OTLP, for those who have no Prometheus. */
export interface OtlpMetrics {
  sink: RecordSink;
  close(): Promise<void>;
}

/** How many models a metric may name: clients choose them. */
const MOST_MODELS = 200;

const SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** Creates the metrics, by OpenTelemetry's conventions for HTTP and GenAI, and the hidden failures. */
export function createOtlpMetrics(
  destination: Destination,
  resource: Resource,
  version: string,
): OtlpMetrics {
  const exporter = new OTLPMetricExporter(destination);
  const readers = [new PeriodicExportingMetricReader({ exporter })];
  const provider = new MeterProvider({ resource, readers });
  const meter = provider.getMeter("candor", version);
  const options = { unit: "s", advice: { explicitBucketBoundaries: SECONDS } };
  const server = meter.createHistogram("http.server.request.duration", options);
  const inference = meter.createHistogram("gen_ai.client.inference.duration", options);
  const first = meter.createHistogram("gen_ai.client.inference.time_to_first_chunk", options);
  const hidden = meter.createCounter("candor.hidden_failures", { unit: "{failure}" });
  const modelName = createBoundedLabel(MOST_MODELS);

  function end(record: ExchangeRecord): void {
    const { method, route, status, ms = 0, sentMs, firstByteMs, model, stream } = record;
    const failed = errorType(record);
    const answered = status === undefined ? {} : { "http.response.status_code": status };
    server.record(ms / 1000, {
      "http.request.method": method,
      "http.route": route,
      ...answered,
      ...failed,
    });
    if (upstreamFailure(record) === "hidden") {
      hidden.add(1, { "http.response.status_code": record.trueStatus ?? 0 });
    }
    const operation = operationOf(route);
    if (operation === undefined || sentMs === undefined || model === undefined) return;
    const asked = {
      [GEN_AI.operation]: operation,
      [GEN_AI.provider]: PROVIDER,
      [GEN_AI.requestModel]: modelName(model),
    };
    inference.record((ms - sentMs) / 1000, { ...asked, ...failed });
    if (stream === true && record.relayReason === "content" && firstByteMs !== undefined) {
      first.record((firstByteMs - sentMs) / 1000, asked);
    }
  }
  return { sink: { end }, close: () => provider.shutdown() };
}
