import { describe, expect, test } from "bun:test";
import { unsafeCombinations } from "./combinations.ts";
import { type Config, isLoopback, readConfig } from "./config.ts";
import { describeSettings } from "./help.ts";
import { flagName, variableName } from "./names.ts";
import { Config as Settings } from "./schema.ts";

type Environment = Record<string, string | undefined>;

/** The settings; a test that expects some fails where there are none. */
function read(environment: Environment, ...flags: string[]): Config {
  const reading = readConfig(environment, flags);
  if ("problems" in reading) throw new Error(reading.problems.join("\n"));
  return reading.config;
}

function problemsOf(environment: Environment, ...flags: string[]): string[] {
  const reading = readConfig(environment, flags);
  return "problems" in reading ? reading.problems : [];
}

describe("readConfig", () => {
  test("without an environment and flags every setting has its default", () => {
    expect(read({})).toEqual({
      host: "127.0.0.1",
      port: 3000,
      openrouterBaseUrl: "https://openrouter.ai/api/v1",
      proxyApiKeys: [],
      corsOrigins: [],
      trustedProxies: [],
      workers: 1,
      sharePort: false,
      maxBodyBytes: 33_554_432,
      maxJsonDepth: 500,
      maxJsonContainers: 1_000_000,
      requestTimeoutMs: 120_000,
      maxInFlight: 8192,
      maxConnections: 16_384,
      maxUpstreamRequests: 4096,
      upstreamHttp2: false,
      upstreamTimeoutMs: 600_000,
      streamHoldMs: 45_000,
      forwardedHoldMs: 25_000,
      streamHoldBytes: 1_048_576,
      streamIdleTimeoutMs: 240_000,
      streamTailMs: 5000,
      streamEventBytes: 16_777_216,
      breakStreams: "as-upstream",
      keepComments: false,
      keepAliveMs: 15_000,
      defaultRetryAfterS: 2,
      clientStallTimeoutMs: 120_000,
      drainDelayMs: 0,
      drainTimeoutMs: 25_000,
      logLevel: "info",
      livePage: "on",
    });
  });

  const good: [
    variable: string,
    text: string,
    setting: keyof Config,
    value: Config[keyof Config],
  ][] = [
    ["HOST", "localhost", "host", "localhost"],
    ["HOST", "0.0.0.0", "host", "0.0.0.0"],
    ["PORT", "8080", "port", 8080],
    ["PORT", "0", "port", 0],
    ["OPENROUTER_BASE_URL", "http://localhost:9/v1", "openrouterBaseUrl", "http://localhost:9/v1"],
    ["OPENROUTER_BASE_URL", "https://a.example/v1//", "openrouterBaseUrl", "https://a.example/v1"],
    ["OPENROUTER_API_KEY", "sk-or-v1-abc", "openrouterApiKey", "sk-or-v1-abc"],
    ["CORS_ORIGINS", "https://a.example", "corsOrigins", ["https://a.example"]],
    ["CORS_ORIGINS", "http://a:1, http://b:2", "corsOrigins", ["http://a:1", "http://b:2"]],
    ["MAX_BODY_BYTES", "1000", "maxBodyBytes", 1000],
    ["UPSTREAM_TIMEOUT_MS", "1000", "upstreamTimeoutMs", 1000],
    ["STREAM_HOLD_MS", "0", "streamHoldMs", 0],
    ["STREAM_HOLD_BYTES", "1000", "streamHoldBytes", 1000],
    ["STREAM_IDLE_TIMEOUT_MS", "1000", "streamIdleTimeoutMs", 1000],
    ["STREAM_EVENT_BYTES", "1000", "streamEventBytes", 1000],
    ["CLIENT_STALL_TIMEOUT_MS", "1000", "clientStallTimeoutMs", 1000],
    ["DRAIN_DELAY_MS", "1000", "drainDelayMs", 1000],
    ["DRAIN_TIMEOUT_MS", "1000", "drainTimeoutMs", 1000],
    ["MAX_UPSTREAM_REQUESTS", "1", "maxUpstreamRequests", 1],
    ["UPSTREAM_HTTP2", "true", "upstreamHttp2", true],
    ["FORWARDED_HOLD_MS", "0", "forwardedHoldMs", 0],
    ["STREAM_TAIL_MS", "0", "streamTailMs", 0],
    ["KEEP_COMMENTS", "true", "keepComments", true],
    ["KEEP_COMMENTS", "false", "keepComments", false],
    ["KEEP_ALIVE_MS", "1000", "keepAliveMs", 1000],
    ["BREAK_STREAMS", "failed", "breakStreams", "failed"],
    ["BREAK_STREAMS", "never", "breakStreams", "never"],
    ["DEFAULT_RETRY_AFTER_S", "0", "defaultRetryAfterS", 0],
    ["MEMORY_LIMIT_MB", "384", "memoryLimitMb", 384],
    ["TRUSTED_PROXIES", "10.0.0.0/8, ::1", "trustedProxies", ["10.0.0.0/8", "::1"]],
    ["MAX_JSON_DEPTH", "100", "maxJsonDepth", 100],
    ["MAX_JSON_CONTAINERS", "1000", "maxJsonContainers", 1000],
    ["LIVE_PAGE", "off", "livePage", "off"],
    ["METRICS_PORT", "9090", "metricsPort", 9090],
    ["HISTORY", "/var/lib/candor/history", "history", "/var/lib/candor/history"],
    ["CAPTURE", "captures", "capture", "captures"],
    ["WORKERS", "4", "workers", 4],
    ["WORKERS", "auto", "workers", "auto"],
    ["LOG_LEVEL", "debug", "logLevel", "debug"],
    ["LOG_LEVEL", "silent", "logLevel", "silent"],
    ["LOG_FORMAT", "pretty", "logFormat", "pretty"],
    ["LOG_FORMAT", "json", "logFormat", "json"],
  ];
  test.each(good)("%s can be %j, as a variable and as a flag", (variable, text, setting, value) => {
    const flag = `--${variable.toLowerCase().replaceAll("_", "-")}`;
    expect(read({ [variable]: text })[setting]).toEqual(value);
    expect(read({}, `${flag}=${text}`)[setting]).toEqual(value);
    expect(read({}, flag, text)[setting]).toEqual(value);
  });

  const keys: [title: string, text: string, name: string | undefined, key: string][] = [
    ["without a name", "0123456789abcdef", undefined, "0123456789abcdef"],
    ["with a name", "team-a=0123456789abcdef", "team-a", "0123456789abcdef"],
    ["in base64, which ends with =", "0123456789abcd==", undefined, "0123456789abcd=="],
    ["with a name, in base64", "a.b_c=0123456789abcd==", "a.b_c", "0123456789abcd=="],
  ];
  test.each(keys)("a client's key %s is read as such", (_title, text, name, key) => {
    const { proxyApiKeys } = read({ OPENROUTER_API_KEY: "ours", PROXY_API_KEYS: text });
    expect(proxyApiKeys).toEqual([{ name, key }]);
  });

  test("the keys of clients are a list", () => {
    const PROXY_API_KEYS = "0123456789abcdef, b=0123456789abcdeg,0123456789abcdeh";
    const { proxyApiKeys } = read({ OPENROUTER_API_KEY: "ours", PROXY_API_KEYS });
    expect(proxyApiKeys.map(({ name }) => name)).toEqual([undefined, "b", undefined]);
  });

  test("a flag wins over its variable, even over one that is bad", () => {
    expect(read({ PORT: "1" }, "--port", "2").port).toBe(2);
    expect(read({ PORT: "many" }, "--port", "2").port).toBe(2);
  });

  test("an empty variable counts as none", () => {
    expect(read({ PORT: "", OPENROUTER_API_KEY: "", PROXY_API_KEYS: "", HOST: "" })).toEqual(
      read({}),
    );
  });

  test("other variables are left alone", () => {
    expect(read({ PATH: "/bin", PORTS: "x" })).toEqual(read({}));
  });

  const bad: [variable: string, text: string, allowed: string][] = [
    ["PORT", "65536", "0 to 65535"],
    ["PORT", "-1", "0 to 65535"],
    ["PORT", "80a", "whole number"],
    ["PORT", "1.5", "whole number"],
    ["PORT", "1e3", "whole number"],
    ["PORT", " ", "whole number"],
    ["OPENROUTER_BASE_URL", "openrouter.ai", "http or https URL"],
    ["OPENROUTER_BASE_URL", "ftp://openrouter.ai", "http or https URL"],
    ["OPENROUTER_BASE_URL", "https:///", "http or https URL"],
    ["OPENROUTER_BASE_URL", "http://[", "http or https URL"],
    ["CORS_ORIGINS", "a.example", "https://app.example"],
    ["CORS_ORIGINS", "https://a.example/path", "https://app.example"],
    ["CORS_ORIGINS", "*", "https://app.example"],
    ["CORS_ORIGINS", "http://localhost:*", "https://app.example"],
    ["CORS_ORIGINS", "https://*.app.example", "https://app.example"],
    ["CORS_ORIGINS", "http://localhost:99999", "https://app.example"],
    ["TRUSTED_PROXIES", "nginx", "10.0.0.0/8"],
    ["TRUSTED_PROXIES", "10.0.0.0/33", "10.0.0.0/8"],
    ["TRUSTED_PROXIES", "::1/129", "10.0.0.0/8"],
    ["TRUSTED_PROXIES", "10.0.0.0/8,,", "10.0.0.0/8"],
    ["KEEP_COMMENTS", "yes", "true, false"],
    ["BREAK_STREAMS", "always", "as-upstream, failed, never"],
    ["DEFAULT_RETRY_AFTER_S", "-1", "from 0 to 86400"],
    ["MEMORY_LIMIT_MB", "1", "from 64"],
    ["MAX_JSON_DEPTH", "0", "from 1"],
    ["MAX_JSON_CONTAINERS", "0", "from 1"],
    ["LIVE_PAGE", "true", "on, off"],
    ["METRICS_PORT", "65536", "0 to 65535"],
    ["WORKERS", "0", "from 1 to 1024, or auto"],
    ["WORKERS", "all", "from 1 to 1024, or auto"],
    ["MAX_BODY_BYTES", "0", "from 1"],
    ["MAX_BODY_BYTES", "32MB", "whole number"],
    ["UPSTREAM_TIMEOUT_MS", "0", "from 1"],
    ["UPSTREAM_TIMEOUT_MS", "2147483648", "2147483647"],
    ["STREAM_HOLD_MS", "-1", "from 0"],
    ["STREAM_HOLD_BYTES", "0", "from 1"],
    ["STREAM_IDLE_TIMEOUT_MS", "never", "whole number"],
    ["STREAM_EVENT_BYTES", "0", "from 1"],
    ["CLIENT_STALL_TIMEOUT_MS", "2m", "whole number"],
    ["DRAIN_DELAY_MS", "x", "whole number"],
    ["DRAIN_TIMEOUT_MS", "x", "whole number"],
    ["MAX_UPSTREAM_REQUESTS", "0", "from 1"],
    ["LOG_LEVEL", "loud", "debug, info, warn, error, silent"],
    ["LOG_LEVEL", "INFO", "debug, info, warn, error, silent"],
    ["LOG_FORMAT", "xml", "pretty, json"],
  ];
  test.each(bad)("%s cannot be %j: name, value and %j are told", (variable, text, allowed) => {
    const flag = `--${variable.toLowerCase().replaceAll("_", "-")}=${text}`;
    for (const problems of [problemsOf({ [variable]: text }), problemsOf({}, flag)]) {
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain(`${variable} is "${text}"`);
      expect(problems[0]).toContain(allowed);
    }
  });

  test("every bad value is told, not only the first", () => {
    const problems = problemsOf({ PORT: "x", LOG_LEVEL: "x", MAX_BODY_BYTES: "x" });
    expect(problems.map((problem) => problem.split(" ")[0])).toEqual([
      "PORT",
      "MAX_BODY_BYTES",
      "LOG_LEVEL",
    ]);
  });

  const secrets: [variable: string, text: string][] = [
    ["OPENROUTER_API_KEY", "sk-or-secret with a space"],
    ["OPENROUTER_API_KEY", "sk-or-secret\u00e9"],
    ["PROXY_API_KEYS", "good-0123456789abcdef,sk-secret-key bad"],
    ["PROXY_API_KEYS", "sk-secret-0123456789,,good-0123456789abcdef"],
    ["PROXY_API_KEYS", "secret-too-shor"],
    ["PROXY_API_KEYS", "team-alpha-one=secret-too-shor"],
  ];
  test.each(secrets)("a bad %s is named and not shown", (variable, text) => {
    const [problem = ""] = problemsOf({ OPENROUTER_API_KEY: "ours", [variable]: text });
    expect(problem).toStartWith(`${variable} is`);
    expect(problem).not.toContain("secret");
    expect(problem).toContain("printable ASCII without spaces");
    expect(problem).not.toContain("good");
    expect(problem).not.toContain("team-alpha");
  });

  test.each(["--nothing", "--nothing=1", "--help=1", "-p"])("the flag %s is unknown", (flag) => {
    expect(problemsOf({}, flag)).toHaveLength(1);
    expect(problemsOf({}, flag)[0]).toContain(flag.split("=", 1)[0] ?? flag);
  });

  test("a flag needs a value", () => {
    expect(problemsOf({}, "--port")[0]).toContain("--port");
  });

  test("a word that belongs to no flag is a problem", () => {
    expect(problemsOf({}, "start")).toHaveLength(1);
  });
});

test("a URL that holds a password is not shown", () => {
  const problems = problemsOf({ OPENROUTER_BASE_URL: "https://user:secret@openrouter.ai" });
  expect(problems[0]).toContain("OPENROUTER_BASE_URL is a value that is not shown");
});

test.each(["https://openrouter.ai/v1?key=secret", "https://openrouter.ai/v1#secret"])(
  "of the URL %s, which is refused, what may be a secret is not shown",
  (url) => {
    const [problem = ""] = problemsOf({ OPENROUTER_BASE_URL: url });
    expect(problem).toStartWith('OPENROUTER_BASE_URL is "https://openrouter.ai/v1');
    expect(problem).toContain("an http or https URL without");
    expect(problem).not.toContain("secret");
  },
);

const bases: [base: string, warnings: number][] = [
  ["https://openrouter.ai", 1],
  ["https://openrouter.ai/", 1],
  ["https://openrouter.ai/api/v1", 0],
];
test.each(bases)("the base %s gives %d warnings", (base, count) => {
  const reading = readConfig({ OPENROUTER_BASE_URL: base }, []);
  const warnings = "warnings" in reading ? reading.warnings : ["not read"];
  expect(warnings).toHaveLength(count);
  for (const warning of warnings) expect(warning).toContain("OPENROUTER_BASE_URL has no path");
});

test("a word that is no flag, and may be a key, is not shown", () => {
  const problems = problemsOf({}, "--proxy-api-keys", "a,", "sk-or-secret");
  expect(problems).toHaveLength(1);
  expect(problems[0]).not.toContain("secret");
});

test("origins are compared as browsers send them", () => {
  const origins = "https://App.Example:443,http://LOCALHOST:5173,tauri://LocalHost";
  expect(read({ CORS_ORIGINS: origins }).corsOrigins).toEqual([
    "https://app.example",
    "http://localhost:5173",
    "tauri://localhost",
  ]);
});

describe("combinations that are not safe", () => {
  const refused: [title: string, environment: Environment, names: string[]][] = [
    [
      "client keys without a key for upstream",
      { PROXY_API_KEYS: "0123456789abcdef" },
      ["PROXY_API_KEYS", "OPENROUTER_API_KEY"],
    ],
    ...["0.0.0.0", "::", "192.168.0.2", "candor.example"].map(
      (host): [string, Environment, string[]] => [
        `a key for upstream, without client keys, on ${host}`,
        { OPENROUTER_API_KEY: "sk-secret", HOST: host },
        ["HOST", host, "OPENROUTER_API_KEY", "PROXY_API_KEYS"],
      ],
    ),
  ];
  test.each(refused)("%s is refused", (_title, environment, names) => {
    const problems = problemsOf(environment);
    expect(problems).toHaveLength(1);
    for (const name of names) expect(problems[0]).toContain(name);
    expect(problems[0]).not.toContain("sk-secret");
  });

  const safe: [title: string, environment: Environment][] = [
    ["a key for upstream on 127.0.0.1", { OPENROUTER_API_KEY: "ours" }],
    ["a key for upstream on localhost", { OPENROUTER_API_KEY: "ours", HOST: "localhost" }],
    ["a key for upstream on ::1", { OPENROUTER_API_KEY: "ours", HOST: "::1" }],
    ["no key at all on 0.0.0.0", { HOST: "0.0.0.0" }],
    [
      "a key for upstream and client keys on 0.0.0.0",
      { OPENROUTER_API_KEY: "ours", PROXY_API_KEYS: "0123456789abcdef", HOST: "0.0.0.0" },
    ],
  ];
  test.each(safe)("%s is accepted", (_title, environment) => {
    expect(problemsOf(environment)).toEqual([]);
  });
});

describe("isLoopback", () => {
  test.each(["localhost", "127.0.0.1", "127.8.9.10", "::1", "[::1]"])(
    "%s is a name of this machine alone",
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  test.each([
    "",
    "0.0.0.0",
    "::",
    "[::]",
    "10.0.0.1",
    "127.0.0.1.evil.example",
    "127.evil.example",
    "localhost.evil.example",
    "evil-localhost",
    "[::2]",
  ])("%p is not a name of this machine alone", (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});

describe("the names of the settings", () => {
  test("a setting is a variable and a flag of the same name", () => {
    expect(variableName("streamHoldMs")).toBe("STREAM_HOLD_MS");
    expect(flagName("streamHoldMs")).toBe("stream-hold-ms");
    expect(variableName("port")).toBe("PORT");
    expect(flagName("port")).toBe("port");
  });

  test("the help lists every setting, as a flag and as a variable", () => {
    const help = describeSettings();
    for (const setting of Object.keys(Settings.properties)) {
      expect(help).toContain(`--${flagName(setting)}, ${variableName(setting)}\n`);
    }
  });

  test("the help fits 100 columns", () => {
    for (const line of describeSettings().split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  test.each([
    ["--port", "(default: 3000)"],
    ["--openrouter-base-url", "(default: https://openrouter.ai/api/v1)"],
    ["--openrouter-api-key", "(default: none)"],
    ["--proxy-api-keys", "(default: none)"],
    ["--stream-hold-ms", "(default: 45000)"],
    ["--drain-delay-ms", "(default: 0)"],
  ])("the help gives %s the words %j", (flag, words) => {
    const parts = describeSettings()
      .replaceAll(/\n {6}/g, " ")
      .split("\n");
    expect(parts.find((part) => part.includes(`${flag},`))).toContain(words);
  });
});

test("SHARE_PORT is refused where the system does not share a port", () => {
  const config = read({ SHARE_PORT: "true" });
  expect(config.sharePort).toBe(true);
  expect(unsafeCombinations(config, "linux")).toEqual([]);
  expect(unsafeCombinations(config, "darwin")).toEqual([
    "SHARE_PORT is true: only Linux shares a port among processes; leave it out",
  ]);
});
