import { parseArgs } from "node:util";
import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

/** The longest time that a timer can be set to: 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

const Milliseconds = (byDefault: number, description: string) =>
  Type.Integer({ default: byDefault, minimum: 1, maximum: LONGEST_MS, description });
const Count = (byDefault: number, description: string) =>
  Type.Integer({ default: byDefault, minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description });
const Word = <T extends string>(words: T[], description: string, more = {}) =>
  Type.Union(
    words.map((word) => Type.Literal(word)),
    { description, ...more },
  );
const KEY_PATTERN = "^[\\x21-\\x7e]+$";

/**
 * Every setting, with its default. `streamHoldMs` is the environment variable `STREAM_HOLD_MS` and
 * the flag `--stream-hold-ms`; the flag wins. Lists are separated by commas.
 */
export const Config = Type.Object({
  host: Type.String({
    default: "127.0.0.1",
    minLength: 1,
    description: "the address to listen on",
  }),
  port: Type.Integer({
    default: 3000,
    minimum: 0,
    maximum: 65535,
    description: "the port to listen on; 0 takes any free one",
  }),
  openrouterBaseUrl: Type.String({
    default: "https://openrouter.ai/api/v1",
    pattern: "^https?://[^\\s?#@]+$",
    description: "where upstream's API begins, an http or https URL",
  }),
  openrouterApiKey: Type.Optional(
    Type.String({
      pattern: KEY_PATTERN,
      secret: true,
      description: "OpenRouter's key, which takes the place of the callers' own",
    }),
  ),
  proxyApiKeys: Type.Array(Type.String({ pattern: KEY_PATTERN }), {
    default: [],
    secret: true,
    description: "the keys that callers may use, separated by commas",
  }),
  corsOrigins: Type.Array(Type.String({ pattern: "^[a-z][a-z0-9+.-]*://[^/\\s]+$" }), {
    default: [],
    description: "the origins whose pages may call, such as https://app.example",
  }),
  maxBodyBytes: Count(32 * 2 ** 20, "the largest request body"),
  maxUpstreamRequests: Type.Integer({
    default: 4096,
    minimum: 1,
    maximum: 65536,
    description: "upstream requests that may be open at once",
  }),
  upstreamTimeoutMs: Milliseconds(
    600_000,
    "the wait for upstream's response headers, and for the last byte of a plain answer",
  ),
  streamHoldMs: Type.Integer({
    default: 50_000,
    minimum: 0,
    maximum: LONGEST_MS,
    description: "how long a stream may be held back for its first event that decides",
  }),
  streamHoldBytes: Count(2 ** 20, "how much of a stream may be held back"),
  streamIdleTimeoutMs: Milliseconds(240_000, "the longest silence of upstream within a stream"),
  streamEventBytes: Count(16 * 2 ** 20, "the largest event that is judged"),
  clientStallTimeoutMs: Milliseconds(120_000, "how long a client may read nothing"),
  drainDelayMs: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: LONGEST_MS,
    description: "on SIGTERM, how long /readyz says 503 before the server stops to listen",
  }),
  drainTimeoutMs: Milliseconds(600_000, "on SIGTERM, how long open answers may take to finish"),
  logLevel: Word(["debug", "info", "warn", "error", "silent"], "what is logged", {
    default: "info",
  }),
  logFormat: Type.Optional(
    Word(["pretty", "json"], "how it is logged; pretty on a terminal, else json"),
  ),
});
export type Config = Static<typeof Config>;

/** The settings, or a sentence for each thing that is wrong with them. */
export type ConfigReading = { config: Config } | { problems: string[] };

/** `streamHoldMs` as the environment writes it: `STREAM_HOLD_MS`. */
export const variableName = (setting: string): string =>
  setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

/** `streamHoldMs` as the command line writes it: `stream-hold-ms`. */
export const flagName = (setting: string): string =>
  variableName(setting).toLowerCase().replaceAll("_", "-");

/** Reads the settings from an environment and the flags of a command line. */
export function readConfig(
  environment: Record<string, string | undefined>,
  flags: string[],
): ConfigReading {
  const settings = Object.entries<TSchema>(Config.properties);
  const given = readFlags(
    settings.map(([setting]) => flagName(setting)),
    flags,
  );
  if ("problem" in given) return { problems: [given.problem] };
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [setting, schema] of settings) {
    // An empty variable is how compose files leave one out.
    const text =
      given.values[flagName(setting)] ?? (environment[variableName(setting)] || undefined);
    const value = text === undefined ? schema["default"] : readValue(schema, text);
    if (value === undefined) continue;
    values[setting] = value;
    if (!Value.Check(schema, value)) problems.push(describeProblem(setting, schema, text));
  }
  if (problems.length > 0) return { problems };
  const config = Value.Decode(Config, values);
  config.openrouterBaseUrl = config.openrouterBaseUrl.replace(/\/+$/, "");
  const refusals = unsafeCombinations(config);
  return refusals.length > 0 ? { problems: refusals } : { config };
}

/** Whether a name or an address can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  return (
    host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host)
  );
}

/** The settings as `--help` lists them: flag, variable, meaning, default. */
export function describeSettings(): string {
  return Object.entries<TSchema>(Config.properties)
    .map(([setting, schema]) => {
      const byDefault = schema["default"] ?? "none";
      const shown = Array.isArray(byDefault) ? "none" : byDefault;
      const name = `  --${flagName(setting)}, ${variableName(setting)}`;
      return `${name}\n      ${schema.description} (default: ${shown})`;
    })
    .join("\n");
}

function readFlags(names: string[], flags: string[]) {
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  try {
    return { values: parseArgs({ args: flags, options, allowPositionals: false }).values };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** A text as the schema's kind of value; left as it is where it cannot be one, for `Check` to find. */
function readValue(schema: TSchema, text: string): unknown {
  if (schema["type"] === "integer") return /^\d+$/.test(text) ? Number(text) : text;
  if (schema["type"] === "array") return text.split(",").map((item) => item.trim());
  return text;
}

function describeProblem(setting: string, schema: TSchema, text: string | undefined): string {
  const shown = schema["secret"] === true ? "a value that is not shown" : `"${text}"`;
  return `${variableName(setting)} is ${shown}; ${allowedValues(schema)} is allowed (${schema.description})`;
}

function allowedValues(schema: TSchema): string {
  if (schema["type"] === "integer")
    return `a whole number from ${schema["minimum"]} to ${schema["maximum"]}`;
  const words: { const: string }[] | undefined = schema["anyOf"];
  if (words !== undefined) return words.map((word) => word.const).join(", ");
  if (schema["secret"] === true) return "printable ASCII without spaces";
  return "what is described here";
}

function unsafeCombinations(config: Config): string[] {
  const problems: string[] = [];
  const hasKey = config.openrouterApiKey !== undefined;
  if (!hasKey && config.proxyApiKeys.length > 0) {
    problems.push(
      "PROXY_API_KEYS needs OPENROUTER_API_KEY: a caller's key that is checked here is none that OpenRouter knows",
    );
  }
  if (hasKey && config.proxyApiKeys.length === 0 && !isLoopback(config.host)) {
    problems.push(
      `HOST is "${config.host}" and OPENROUTER_API_KEY is set: without PROXY_API_KEYS anybody who reaches this port would spend that key; set them, or listen on 127.0.0.1`,
    );
  }
  return problems;
}
