import { describe, expect, test } from "bun:test";
import {
  type Config,
  Config as Settings,
  describeSettings,
  flagName,
  isLoopback,
  readConfig,
  variableName,
} from "./config.ts";

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
      maxBodyBytes: 33_554_432,
      requestTimeoutMs: 120_000,
      maxInFlight: 8192,
      maxConnections: 16_384,
      maxUpstreamRequests: 4096,
      upstreamTimeoutMs: 600_000,
      streamHoldMs: 50_000,
      streamHoldBytes: 1_048_576,
      streamIdleTimeoutMs: 240_000,
      streamEventBytes: 16_777_216,
      clientStallTimeoutMs: 120_000,
      drainDelayMs: 0,
      drainTimeoutMs: 600_000,
      logLevel: "info",
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

  test("the keys of clients are a list", () => {
    const { proxyApiKeys } = read({ OPENROUTER_API_KEY: "ours", PROXY_API_KEYS: "a, b,c" });
    expect(proxyApiKeys).toEqual(["a", "b", "c"]);
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
    ["OPENROUTER_BASE_URL", "https://openrouter.ai?a=b", "http or https URL"],
    ["OPENROUTER_BASE_URL", "https://openrouter.ai#a", "http or https URL"],
    ["OPENROUTER_BASE_URL", "https:///", "http or https URL"],
    ["OPENROUTER_BASE_URL", "http://[", "http or https URL"],
    ["CORS_ORIGINS", "a.example", "https://app.example"],
    ["CORS_ORIGINS", "https://a.example/path", "https://app.example"],
    ["CORS_ORIGINS", "*", "https://app.example"],
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
    ["PROXY_API_KEYS", "good,sk-secret bad"],
    ["PROXY_API_KEYS", "sk-secret,,b"],
  ];
  test.each(secrets)("a bad %s is named and not shown", (variable, text) => {
    const [problem = ""] = problemsOf({ OPENROUTER_API_KEY: "ours", [variable]: text });
    expect(problem).toStartWith(`${variable} is`);
    expect(problem).not.toContain("secret");
    expect(problem).toContain("printable ASCII without spaces");
    expect(problem).not.toContain("good");
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
      { PROXY_API_KEYS: "a" },
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
      { OPENROUTER_API_KEY: "ours", PROXY_API_KEYS: "a", HOST: "0.0.0.0" },
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

  test.each([
    ["--port", "(default: 3000)"],
    ["--openrouter-base-url", "(default: https://openrouter.ai/api/v1)"],
    ["--openrouter-api-key", "(default: none)"],
    ["--proxy-api-keys", "(default: none)"],
    ["--stream-hold-ms", "(default: 50000)"],
    ["--drain-delay-ms", "(default: 0)"],
  ])("the help gives %s the words %j", (flag, words) => {
    const lines = describeSettings().split("\n");
    const at = lines.findIndex((line) => line.includes(`${flag},`));
    expect(lines[at + 1]).toContain(words);
  });
});
