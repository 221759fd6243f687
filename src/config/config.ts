import { parseArgs } from "node:util";
import { FormatRegistry, type Static, type TSchema, Type } from "@sinclair/typebox";
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
/** Printable ASCII, but for what JSON would escape: a quoted key has to be found in it. */
const KEY_PATTERN = "^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$";

FormatRegistry.Set("http-url", (text) => {
  const url = URL.parse(text);
  const isPlain =
    url?.username === "" && url.password === "" && url.search === "" && url.hash === "";
  return isPlain && /^https?:$/.test(url.protocol) && url.hostname !== "";
});
FormatRegistry.Set("origin", (text) => /^[a-z][a-z0-9+.-]*:\/\/[^/\s?#@]+$/.test(text));

/**
 * Every setting, with its default. `streamHoldMs` is the environment variable `STREAM_HOLD_MS` and
 * the flag `--stream-hold-ms`; the flag wins. Lists are separated by commas.
 */
export const Config = Type.Object({
  host: Type.String({
    default: "127.0.0.1",
    minLength: 1,
    allowed: "a name or an address",
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
    format: "http-url",
    allowed: "an http or https URL without a name, a query or a fragment",
    description: "where upstream's API begins",
  }),
  openrouterApiKey: Type.Optional(
    Type.String({
      pattern: KEY_PATTERN,
      secret: true,
      allowed: "printable ASCII without spaces, quotes and backslashes",
      description: "OpenRouter's key, which takes the place of the callers' own",
    }),
  ),
  proxyApiKeys: Type.Array(Type.String({ pattern: KEY_PATTERN }), {
    default: [],
    secret: true,
    allowed: "printable ASCII without spaces, quotes and backslashes, separated by commas,",
    description: "the keys that callers may use, separated by commas",
  }),
  corsOrigins: Type.Array(Type.String({ format: "origin" }), {
    default: [],
    allowed: "a list such as https://app.example,http://localhost:5173",
    description: "the origins whose pages may call, separated by commas",
  }),
  maxBodyBytes: Count(32 * 2 ** 20, "the largest request body"),
  requestTimeoutMs: Milliseconds(120_000, "how long a client may take to send its body"),
  maxInFlight: Count(
    8192,
    "requests that may be under way at once, the reading of bodies included",
  ),
  maxConnections: Type.Integer({
    default: 16_384,
    minimum: 64,
    maximum: 2 ** 20,
    description:
      "connections that may be open at once, upstream's included; never more than three quarters of `ulimit -n` (Linux only)",
  }),
  maxUpstreamRequests: Type.Integer({
    default: 4096,
    minimum: 1,
    maximum: 65536,
    description: "upstream requests that may be open at once",
  }),
  upstreamTimeoutMs: Milliseconds(
    600_000,
    "the wait for upstream's response headers, and for the last byte of an answer that is no event stream",
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
  logLevel: Word(
    ["debug", "info", "warn", "error", "silent"],
    "what is logged, from all (debug, info) to nothing (silent); warn: only answers that are not upstream's own, and errors",
    {
      default: "info",
    },
  ),
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
    // What has neither a value nor a default is optional.
    if (value === undefined) continue;
    values[setting] = value;
    if (!Value.Check(schema, value)) problems.push(describeProblem(setting, schema, text));
  }
  if (problems.length > 0) return { problems };
  const config = Value.Decode(Config, values);
  config.openrouterBaseUrl = config.openrouterBaseUrl.replace(/\/+$/, "");
  config.corsOrigins = config.corsOrigins.map(asSentByBrowsers);
  const refusals = unsafeCombinations(config);
  return refusals.length > 0 ? { problems: refusals } : { config };
}

/** All of 127.0.0.0/8 is loopback (RFC 1122 §3.2.1.3). */
const LOOPBACK_V4 = /^127(\.\d{1,3}){3}$/;

/** Whether a name or an address can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || LOOPBACK_V4.test(host);
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

/** The values of the flags, or what is wrong with them. */
function readFlags(names: string[], flags: string[]) {
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  try {
    const { values, positionals } = parseArgs({ args: flags, options, allowPositionals: true });
    if (positionals.length === 0) return { values };
    return { problem: "a word is neither a command nor a setting (not shown: it may be a key)" };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** An origin as browsers write it: in lower case, without the port that its scheme implies. */
function asSentByBrowsers(origin: string): string {
  const canonical = URL.parse(origin)?.origin ?? "null";
  return canonical === "null" ? origin.toLowerCase() : canonical;
}

/** A text as the schema's kind of value; left as it is where it cannot be one, for `Check` to find. */
function readValue(schema: TSchema, text: string): unknown {
  if (schema["type"] === "integer") return /^\d+$/.test(text) ? Number(text) : text;
  if (schema["type"] === "array") return text.split(",").map((item) => item.trim());
  return text;
}

function describeProblem(setting: string, schema: TSchema, text: string | undefined): string {
  // A URL may hold a password.
  const isShown = schema["secret"] !== true && !text?.includes("@");
  const shown = isShown ? `"${text}"` : "a value that is not shown";
  return `${variableName(setting)} is ${shown}; ${allowedValues(schema)} is allowed (${schema.description})`;
}

function allowedValues(schema: TSchema): string {
  if (schema["type"] === "integer") {
    return `a whole number from ${schema["minimum"]} to ${schema["maximum"]}`;
  }
  const words: { const: string }[] | undefined = schema["anyOf"];
  return words?.map((word) => word.const).join(", ") ?? schema["allowed"];
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
