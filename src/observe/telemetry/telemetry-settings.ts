/** Where one kind of signal goes. */
export interface Destination {
  url: string;
  /** May hold a key: never shown. */
  headers: Record<string, string>;
}

/** What the standard variables ask for; a signal without a destination is off. */
export interface TelemetrySettings {
  traces: Destination | undefined;
  metrics: Destination | undefined;
  sampler: { name: string; ratio: number };
  resource: Record<string, string>;
}

type Environment = Record<string, string | undefined>;

/** The settings, or a sentence for each thing that is wrong with them. */
export type TelemetryReading = { settings: TelemetrySettings } | { problems: string[] };

const SAMPLERS = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
];

/** Where a collector listens unless told otherwise. */
const DEFAULT_ENDPOINT = "http://localhost:4318";

/**
 * Reads the standard variables (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).
 * Traces are on where an exporter or an endpoint asks for them, metrics only where they are named.
 */
export function readTelemetrySettings(environment: Environment): TelemetryReading {
  const read = (name: string) => environment[`OTEL_${name}`]?.trim() || undefined;
  if (read("SDK_DISABLED")?.toLowerCase() === "true") return { settings: OFF };
  const traces = isAsked(read("TRACES_EXPORTER"), hasEndpoint("TRACES", read));
  const metrics = isAsked(
    read("METRICS_EXPORTER"),
    read("EXPORTER_OTLP_METRICS_ENDPOINT") !== undefined,
  );
  const sampler = {
    name: read("TRACES_SAMPLER") ?? "parentbased_always_on",
    ratio: Number(read("TRACES_SAMPLER_ARG") ?? 1),
  };
  const settings: TelemetrySettings = {
    traces: traces ? destination("TRACES", "v1/traces", read) : undefined,
    metrics: metrics ? destination("METRICS", "v1/metrics", read) : undefined,
    sampler,
    resource: {
      ...readPairs(read("RESOURCE_ATTRIBUTES")),
      ...withName(read("SERVICE_NAME")),
    },
  };
  const problems = traces || metrics ? findProblems(settings, read) : [];
  return problems.length > 0 ? { problems } : { settings };
}

const OFF: TelemetrySettings = {
  traces: undefined,
  metrics: undefined,
  sampler: { name: "always_off", ratio: 0 },
  resource: {},
};

type Read = (name: string) => string | undefined;

function isAsked(exporter: string | undefined, byDefault: boolean): boolean {
  if (exporter === undefined) return byDefault;
  return exporter.split(",").some((name) => name.trim() === "otlp");
}

function hasEndpoint(signal: string, read: Read): boolean {
  const names = [`EXPORTER_OTLP_${signal}_ENDPOINT`, "EXPORTER_OTLP_ENDPOINT"];
  return names.some((name) => read(name) !== undefined);
}

/** The endpoint of a signal is used as it is, the general one with the signal's path behind it. */
function destination(signal: string, path: string, read: Read): Destination {
  const general = read("EXPORTER_OTLP_ENDPOINT") ?? DEFAULT_ENDPOINT;
  const url = read(`EXPORTER_OTLP_${signal}_ENDPOINT`) ?? `${general.replace(/\/+$/, "")}/${path}`;
  const headers = {
    ...readPairs(read("EXPORTER_OTLP_HEADERS")),
    ...readPairs(read(`EXPORTER_OTLP_${signal}_HEADERS`)),
  };
  return { url, headers };
}

/** Pairs as W3C Baggage writes them: `name=value,name=value`, percent-encoded. */
function readPairs(text = ""): Record<string, string> {
  const pairs = text.split(",").flatMap((pair): [string, string][] => {
    const [name = "", ...value] = pair.split("=");
    return name.trim() === "" ? [] : [[name.trim(), decoded(value.join("=").trim())]];
  });
  return Object.fromEntries(pairs);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function withName(name: string | undefined): Record<string, string> {
  return name === undefined ? {} : { "service.name": name };
}

function findProblems({ traces, metrics, sampler }: TelemetrySettings, read: Read): string[] {
  const problems: string[] = [];
  for (const found of [traces, metrics]) {
    const isUrl = found === undefined || /^https?:$/.test(URL.parse(found.url)?.protocol ?? "");
    if (!isUrl) problems.push("OTEL_EXPORTER_OTLP_ENDPOINT is no http or https URL.");
  }
  if (read("EXPORTER_OTLP_PROTOCOL") === "grpc") {
    problems.push(
      "OTEL_EXPORTER_OTLP_PROTOCOL is grpc; Candor sends http/json: set it so, and the endpoint to the collector's HTTP port, which is mostly 4318.",
    );
  }
  if (!SAMPLERS.includes(sampler.name)) {
    problems.push(`OTEL_TRACES_SAMPLER is not one of ${SAMPLERS.join(", ")}.`);
  }
  if (!(sampler.ratio >= 0 && sampler.ratio <= 1)) {
    problems.push("OTEL_TRACES_SAMPLER_ARG is no number from 0 to 1.");
  }
  return problems;
}
