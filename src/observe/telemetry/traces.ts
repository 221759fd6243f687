import {
  type Context,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type TextMapGetter,
  type Tracer,
} from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import type { Resource } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { ExchangeRecord, RecordSink } from "../record.ts";
import { clientAttributes, operationOf, serverAttributes } from "./span-attributes.ts";
import type { Destination, TelemetrySettings } from "./telemetry-settings.ts";

/** Makes two spans of each exchange: the client's request, and the request to upstream. */
export interface Traces {
  sink: RecordSink;
  /** Takes the trace that the client's header fields name. To be called when the request comes. */
  arrive(record: ExchangeRecord, headers: Headers): void;
  /** The header fields by which upstream continues the trace. To be called before it is asked. */
  send(record: ExchangeRecord): Record<string, string>;
  /** Sends what waits. */
  close(): Promise<void>;
}

/** What traces are made with. */
export interface TraceSettings {
  destination: Destination;
  sampler: TelemetrySettings["sampler"];
  resource: Resource;
  version: string;
  upstream: string;
}

/** The spans of an exchange that is open. */
interface Spans {
  server: Span;
  context: Context;
  client?: Span;
}

const HEADERS: TextMapGetter<Headers> = {
  get: (headers, name) => headers.get(name) ?? undefined,
  keys: (headers) => [...headers.keys()],
};

/** Creates the traces; they are sent in batches, off the request's way. */
export function createTraces(settings: TraceSettings): Traces {
  const exporter = new OTLPTraceExporter(settings.destination);
  const provider = new TracerProvider({
    sampler: createSampler(settings.sampler),
    resource: settings.resource,
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer("candor", settings.version);
  const propagator = new W3CTraceContextPropagator();
  const upstream = new URL(settings.upstream);
  const open = new WeakMap<ExchangeRecord, Spans>();

  function begin(record: ExchangeRecord, parent: Context): Spans {
    const server = startServerSpan(tracer, record, parent);
    const spans = { server, context: trace.setSpan(parent, server) };
    open.set(record, spans);
    return spans;
  }
  return {
    arrive(record, headers) {
      begin(record, propagator.extract(ROOT_CONTEXT, headers, HEADERS));
    },
    send(record) {
      const spans = open.get(record) ?? begin(record, ROOT_CONTEXT);
      spans.client = startClientSpan(tracer, record, spans.context);
      const fields: Record<string, string> = {};
      propagator.inject(trace.setSpan(spans.context, spans.client), fields, defaultTextMapSetter);
      return fields;
    },
    sink: {
      end(record) {
        const { server, client } = open.get(record) ?? begin(record, ROOT_CONTEXT);
        open.delete(record);
        const endedAt = record.at + (record.ms ?? 0);
        if (client !== undefined) {
          client.setAttributes(clientAttributes(record, upstream));
          setStatus(client, record, record.rule !== undefined);
          client.end(endedAt);
        }
        server.setAttributes(serverAttributes(record));
        addEvents(server, record);
        setStatus(server, record, (record.trueStatus ?? 0) >= 500);
        server.end(endedAt);
      },
    },
    close: () => provider.shutdown(),
  };
}

function startServerSpan(tracer: Tracer, record: ExchangeRecord, parent: Context): Span {
  const options = { kind: SpanKind.SERVER, startTime: record.at };
  return tracer.startSpan(`${record.method} ${record.route}`, options, parent);
}

function startClientSpan(tracer: Tracer, record: ExchangeRecord, parent: Context): Span {
  const { model, method, route, at, sentMs } = record;
  const operation = operationOf(route);
  const name = operation === undefined || model === undefined ? method : `${operation} ${model}`;
  const startTime = sentMs === undefined ? Date.now() : at + sentMs;
  return tracer.startSpan(name, { kind: SpanKind.CLIENT, startTime }, parent);
}

/** By the HTTP conventions a server's span fails at 5xx, a client's wherever the call did. */
function setStatus(span: Span, { code, rule }: ExchangeRecord, isFailed: boolean): void {
  if (isFailed) span.setStatus({ code: SpanStatusCode.ERROR, message: code ?? rule ?? "" });
}

/** What Candor did: held, committed, repaired, told in band. */
function addEvents(span: Span, record: ExchangeRecord): void {
  const { at, upstreamMs, heldMs, status, rule, trueStatus, outcome, ms = 0 } = record;
  if (upstreamMs === undefined) return;
  span.addEvent(
    "candor.hold",
    { "candor.upstream_status": record.upstreamStatus ?? 0 },
    at + upstreamMs,
  );
  if (heldMs === undefined || status === undefined) return;
  const isRepaired = outcome === "repaired";
  const told =
    rule === undefined ? {} : { "candor.rule": rule, "candor.true_status": trueStatus ?? 0 };
  const name = isRepaired ? "candor.repair" : "candor.commit";
  span.addEvent(name, isRepaired ? told : {}, at + upstreamMs + heldMs);
  if (rule !== undefined && !isRepaired) span.addEvent("candor.in_band_failure", told, at + ms);
}

/** The sampler of OTEL_TRACES_SAMPLER. */
function createSampler({ name, ratio }: TelemetrySettings["sampler"]): Sampler {
  const prefix = "parentbased_";
  if (name.startsWith(prefix)) {
    return new ParentBasedSampler({
      root: createSampler({ name: name.slice(prefix.length), ratio }),
    });
  }
  if (name === "always_off") return new AlwaysOffSampler();
  return name === "traceidratio" ? new TraceIdRatioBasedSampler(ratio) : new AlwaysOnSampler();
}
