import type { ExchangeRecord, RecordSink } from "../record.ts";
import type { TelemetrySettings } from "./telemetry-settings.ts";

/** OpenTelemetry's signals, as far as they are asked for. */
export interface Telemetry {
  sinks: RecordSink[];
  /** Takes the trace that the client's header fields name. To be called when the request comes. */
  arrive(record: ExchangeRecord, headers: Headers): void;
  /** The header fields by which upstream continues the trace; none where there are no traces. */
  send(record: ExchangeRecord): Record<string, string>;
  /** Sends what waits, for a few seconds at most. */
  close(): Promise<void>;
}

/** What telemetry needs to know of the program. */
export interface TelemetryContext {
  version: string;
  upstream: string;
  /** Told in a sentence, at most once a minute, that something could not be sent. */
  onProblem: (message: string) => void;
}

const QUIET_MS = 60_000;
const LAST_WORDS_MS = 3000;

/**
 * Starts the signals that the settings ask for; undefined where there are none. OpenTelemetry is
 * loaded only then: it would cost every start some milliseconds and megabytes.
 */
export async function createTelemetry(
  { traces: tracesTo, metrics: metricsTo, sampler, resource: named }: TelemetrySettings,
  { version, upstream, onProblem }: TelemetryContext,
): Promise<Telemetry | undefined> {
  if (tracesTo === undefined && metricsTo === undefined) return undefined;
  const [{ resourceFromAttributes }, { setGlobalErrorHandler }] = await Promise.all([
    import("@opentelemetry/resources"),
    import("@opentelemetry/core"),
  ]);
  setGlobalErrorHandler(createProblemTeller(onProblem));
  const resource = resourceFromAttributes({
    "service.name": "candor",
    "service.version": version,
    ...named,
  });
  const traces =
    tracesTo &&
    (await import("./traces.ts")).createTraces({
      destination: tracesTo,
      sampler,
      resource,
      version,
      upstream,
    });
  const metrics =
    metricsTo &&
    (await import("./otlp-metrics.ts")).createOtlpMetrics(metricsTo, resource, version);
  return {
    sinks: [traces, metrics].flatMap((signal) => (signal === undefined ? [] : [signal.sink])),
    arrive: (record, headers) => traces?.arrive(record, headers),
    send: (record) => traces?.send(record) ?? {},
    async close() {
      const closing = Promise.allSettled([traces?.close(), metrics?.close()]);
      await Promise.race([closing, Bun.sleep(LAST_WORDS_MS)]);
    },
  };
}

/** The words of an error may hold an address with a password: only its code is told. */
function createProblemTeller(onProblem: (message: string) => void): (error: unknown) => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  return (error) => {
    const now = performance.now();
    if (now - toldAt < QUIET_MS) return;
    toldAt = now;
    const code = error instanceof Error && "code" in error ? String(error.code) : "no code";
    onProblem(`OpenTelemetry: the collector did not take what was sent (${code}).`);
  };
}
