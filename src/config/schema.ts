import { type StaticDecode, type TSchema, Type } from "@sinclair/typebox";
import { CallerKeys, HttpUrl, Networks, Origins, UpstreamKey } from "./formats.ts";

/** The longest time that a timer can be set to: 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

const Milliseconds = (byDefault: number, description: string, minimum = 1) =>
  Type.Integer({ default: byDefault, minimum, maximum: LONGEST_MS, description });
const Count = (byDefault: number, description: string, maximum = Number.MAX_SAFE_INTEGER) =>
  Type.Integer({ default: byDefault, minimum: 1, maximum, description });
const Word = <const T extends string>(words: readonly T[], description: string, more = {}) =>
  // `Unsafe` only tells the type, which a union over a list of unknown length would lose.
  Type.Unsafe<T>(
    Type.Union(
      words.map((word) => Type.Literal(word)),
      { description, ...more },
    ),
  );

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
  workers: Type.Union([Type.Integer({ minimum: 1, maximum: 1024 }), Type.Literal("auto")], {
    default: 1,
    allowed: "a whole number from 1 to 1024, or auto,",
    description: "processes that share the port; auto starts one for each processor",
  }),
  sharePort: Type.Boolean({
    default: false,
    description:
      "let another Candor of the same user listen on the port as well, so that a new one takes the place of an old one (Linux only)",
  }),
  openrouterBaseUrl: HttpUrl({
    default: "https://openrouter.ai/api/v1",
    description: "where upstream's API begins",
  }),
  openrouterApiKey: Type.Optional(
    UpstreamKey({ description: "OpenRouter's key, which takes the place of the callers' own" }),
  ),
  proxyApiKeys: CallerKeys({
    description:
      "the keys that callers may use, separated by commas; team-a=KEY names one for log, metrics and page",
  }),
  corsOrigins: Origins({
    description: "the origins whose pages may call, separated by commas",
  }),
  trustedProxies: Networks({
    description:
      "addresses and networks whose X-Forwarded-For says who the client is, separated by commas",
  }),
  maxBodyBytes: Count(32 * 2 ** 20, "the largest request body"),
  maxJsonDepth: Count(
    500,
    "how deep arrays and objects may be nested in a request, an answer or an event",
    10_000,
  ),
  maxJsonContainers: Count(
    1_000_000,
    "how many arrays and objects a request, an answer or an event may hold",
    100_000_000,
  ),
  requestTimeoutMs: Milliseconds(120_000, "how long a client may take to send its body"),
  maxInFlight: Count(
    8192,
    "requests that may be under way at once, the reading of bodies included; each worker has its share",
  ),
  maxConnections: Type.Integer({
    default: 16_384,
    minimum: 64,
    maximum: 2 ** 20,
    description:
      "connections that may be open at once, upstream's included; each worker has its share, and never more than three quarters of `ulimit -n` (Linux only)",
  }),
  maxUpstreamRequests: Count(
    4096,
    "upstream requests that may be open at once in one worker",
    65536,
  ),
  upstreamHttp2: Type.Boolean({
    default: false,
    description:
      "offer upstream HTTP/2, where many requests share a connection (experimental in Bun; HTTPS only)",
  }),
  memoryLimitMb: Type.Optional(
    Type.Integer({
      minimum: 64,
      maximum: 2 ** 24,
      shownDefault: "three quarters of what the container or the machine has",
      description: "memory beyond which new requests get 503; each worker has its share",
    }),
  ),
  upstreamTimeoutMs: Milliseconds(
    600_000,
    "the wait for upstream's response headers, and for the last byte of an answer that is no event stream",
  ),
  streamHoldMs: Milliseconds(
    45_000,
    "how long a stream may be held back for its first event that decides",
    0,
  ),
  forwardedHoldMs: Milliseconds(
    25_000,
    "the same, for plain answers too, where a request came through another proxy",
    0,
  ),
  streamHoldBytes: Count(2 ** 20, "how much of a stream may be held back"),
  streamIdleTimeoutMs: Milliseconds(240_000, "the longest silence of upstream within a stream"),
  streamTailMs: Milliseconds(
    5000,
    "the longest silence of upstream behind a stream's whole answer, where usage may follow",
    0,
  ),
  maxAnswerBytes: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      shownDefault: "that of MAX_BODY_BYTES",
      description:
        "the largest answer that is judged which is no event stream; a larger one is passed on as it is",
    }),
  ),
  streamEventBytes: Count(16 * 2 ** 20, "the largest event that is judged"),
  breakStreams: Word(
    ["as-upstream", "failed", "never"],
    "when a failed stream ends as a broken connection: where upstream's broke (as-upstream), whenever it failed (failed), never",
    { default: "as-upstream" },
  ),
  keepComments: Type.Boolean({
    default: false,
    description: "relay the comments of event streams, which some clients cannot read",
  }),
  keepAliveMs: Milliseconds(
    15_000,
    "how often a stream on which upstream sends only comments gets a blank line, and how often a plain answer that FORWARDED_HOLD_MS has begun gets a space (at least every 10 s)",
  ),
  defaultRetryAfterS: Type.Integer({
    default: 2,
    minimum: 0,
    maximum: 86_400,
    description: "the Retry-After of a 429 worth another try that has none; 0 adds none",
  }),
  clientStallTimeoutMs: Milliseconds(120_000, "how long a client may read nothing"),
  drainDelayMs: Milliseconds(
    0,
    "on SIGTERM, how long /readyz says 503 before the server stops listening",
    0,
  ),
  drainTimeoutMs: Milliseconds(25_000, "on SIGTERM, how long open answers may take to finish"),
  logLevel: Word(
    ["debug", "info", "warn", "error", "silent"],
    "what is logged, from all (debug, info) to nothing (silent); warn: only answers that are not upstream's own, and errors",
    { default: "info" },
  ),
  logFormat: Type.Optional(
    Word(["pretty", "json"], "how it is logged", {
      shownDefault: "pretty on a terminal, else json",
    }),
  ),
  livePage: Word(["on", "off"], "whether GET / shows the live page", { default: "on" }),
  metricsPort: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 65535,
      shownDefault: "none: /metrics is on the same port as all else",
      description: "a port of its own for /metrics",
    }),
  ),
  history: Type.Optional(
    Type.String({
      minLength: 1,
      allowed: "the path of a file",
      description: "a file in which the live page's exchanges outlive a restart",
    }),
  ),
  capture: Type.Optional(
    Type.String({
      minLength: 1,
      allowed: "the path of a folder",
      description:
        "a folder that gets each failure that OpenRouter hid, without the words of the request, as a fixture",
    }),
  ),
});
export type Config = StaticDecode<typeof Config>;

/** The settings by name, in the order in which help and documents list them. */
export const SETTINGS: [setting: string, schema: TSchema][] = Object.entries<TSchema>(
  Config.properties,
);

/** What may be given for a setting, in words. */
export function allowedValues(schema: TSchema): string {
  if (typeof schema["allowed"] === "string") return schema["allowed"];
  if (schema["type"] === "integer") {
    return `a whole number from ${schema["minimum"]} to ${schema["maximum"]}`;
  }
  return wordsOf(schema).join(", ");
}

/** The words of which a setting takes one; none where it takes something else. */
export function wordsOf(schema: TSchema): string[] {
  if (schema["type"] === "boolean") return ["true", "false"];
  const words: { const?: unknown }[] = schema["anyOf"] ?? [];
  return words.flatMap((word) => (typeof word.const === "string" ? [word.const] : []));
}

/** The value of a setting that nobody sets, in words. */
export function shownDefault(schema: TSchema): string {
  const byDefault: unknown = schema["default"] ?? schema["shownDefault"] ?? "none";
  return Array.isArray(byDefault) ? "none" : String(byDefault);
}
