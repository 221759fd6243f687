/** What a collector was sent, as far as the contracts look at it. */
export interface ReceivedSpan {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Record<string, unknown>;
  events: { name: string; timeUnixNano: string; attributes: Record<string, unknown> }[];
  status: { code?: number; message?: string };
  resource: Record<string, unknown>;
}

interface Pair {
  key: string;
  value: Record<string, unknown>;
}

interface SentEvent {
  name: string;
  timeUnixNano: string;
  attributes: Pair[];
}

interface SentSpan extends Omit<ReceivedSpan, "attributes" | "events" | "resource"> {
  attributes: Pair[];
  events: SentEvent[];
}

interface SentMetric {
  name: string;
  sum?: { dataPoints: { attributes: Pair[]; asInt?: string; asDouble?: number }[] };
}

/** The body of a request, in the JSON form of OTLP. */
interface Sent {
  resourceSpans?: { resource: { attributes: Pair[] }; scopeSpans: { spans: SentSpan[] }[] }[];
  resourceMetrics?: { scopeMetrics: { metrics: SentMetric[] }[] }[];
}

/** A real OTLP/HTTP receiver on a port of its own, that keeps what comes. */
export function startOtlpReceiver() {
  const requests: { path: string; headers: Headers; body: Sent }[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      requests.push({
        path: pathname,
        headers: request.headers,
        body: (await request.json()) as Sent,
      });
      return Response.json({});
    },
  });
  return {
    url: server.url.href.replace(/\/$/, ""),
    requests,
    spans(): ReceivedSpan[] {
      return requests
        .flatMap(({ body }) => body.resourceSpans ?? [])
        .flatMap(({ resource, scopeSpans }) =>
          scopeSpans.flatMap(({ spans }) => spans.map((span) => readSpan(span, resource))),
        );
    },
    metrics(): Map<string, SentMetric> {
      const metrics = requests
        .flatMap(({ body }) => body.resourceMetrics ?? [])
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics: inner }) => inner));
      return new Map(metrics.map((metric) => [metric.name, metric]));
    },
    async [Symbol.asyncDispose]() {
      await server.stop(true);
    },
  };
}

function readSpan(span: SentSpan, resource: { attributes: Pair[] }): ReceivedSpan {
  return {
    ...span,
    attributes: readAttributes(span.attributes),
    events: span.events.map((event) => ({
      ...event,
      attributes: readAttributes(event.attributes),
    })),
    resource: readAttributes(resource.attributes),
  };
}

/** OTLP writes each value with its type: `{ stringValue: "a" }`. */
export function readAttributes(pairs: Pair[] = []): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0]]));
}
