import { describe, expect, test } from "bun:test";
import { readConfig } from "./config.ts";

type Environment = Record<string, string | undefined>;

const KEY = "0123456789abcdef";
const SECRET_KEY = "a-secret-that-is-not-shown";

/** Reads settings where these files are all there are. */
function read(files: Record<string, string>, environment: Environment, ...flags: string[]) {
  return readConfig(environment, flags, (path) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error(path), { code: "ENOENT" });
    return text;
  });
}

function configOf(files: Record<string, string>, environment: Environment, ...flags: string[]) {
  const reading = read(files, environment, ...flags);
  if ("problems" in reading) throw new Error(reading.problems.join("\n"));
  return reading;
}

function problemsOf(files: Record<string, string>, environment: Environment, ...flags: string[]) {
  const reading = read(files, environment, ...flags);
  return "problems" in reading ? reading.problems : [];
}

const AS_FILE = ["--config", "c.toml"];

describe("a configuration file", () => {
  test("holds settings under the names of the variables or of the flags", () => {
    const text = `PORT = 8080\nstream-hold-ms = 1_000\nkeep_comments = true\ncors_origins = ["https://a.example", "https://b.example"]`;
    const { config, sources } = configOf({ "c.toml": text }, {}, ...AS_FILE);
    expect(config).toMatchObject({
      port: 8080,
      streamHoldMs: 1000,
      keepComments: true,
      corsOrigins: ["https://a.example", "https://b.example"],
    });
    expect(sources.get("port")).toBe("c.toml");
    expect(sources.has("host")).toBe(false);
  });

  test("gives way to a variable, and that to a flag", () => {
    const files = { "c.toml": "port = 1\nmax_in_flight = 1\nlog_level = 'warn'" };
    const environment = { PORT: "2", MAX_IN_FLIGHT: "2" };
    const { config, sources } = configOf(files, environment, ...AS_FILE, "--port", "3");
    expect(config).toMatchObject({ port: 3, maxInFlight: 2, logLevel: "warn" });
    expect([sources.get("port"), sources.get("maxInFlight"), sources.get("logLevel")]).toEqual([
      "the flag --port",
      "MAX_IN_FLIGHT",
      "c.toml",
    ]);
  });

  const bad: [title: string, text: string, problem: RegExp][] = [
    ["an unknown name", "prot = 1", /^c\.toml: there is no setting PROT; did you mean PORT\?$/],
    ["a table", "[server]\nport = 1", /^c\.toml: server is neither a value nor a list$/],
    ["a name twice", "port = 1\nPORT = 2", /^c\.toml: PORT is there twice$/],
    ["a bad value", "port = 'many'", /^PORT is "many" \(c\.toml\); a whole number from 0 to 65535/],
    ["no TOML", `port = ${SECRET_KEY}`, /^c\.toml is not TOML \(.*\)$/],
    ["the name of a file", "config = 'd.toml'", /^c\.toml: there is no setting CONFIG/],
  ];
  test.each(bad)("with %s is refused", (_title, text, problem) => {
    const problems = problemsOf({ "c.toml": text }, {}, ...AS_FILE);
    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(problems[0]).not.toContain(SECRET_KEY);
  });

  test("that is not there is named", () => {
    expect(problemsOf({}, {}, ...AS_FILE)).toEqual([
      '--config is "c.toml", which cannot be read (ENOENT)',
    ]);
  });
});

describe("a secret in a file", () => {
  const files = { "/run/key": `  ${SECRET_KEY}\n`, "/run/keys": `a=${KEY}\n\n${KEY}\n` };

  test("is read without the white space around it, from a variable, a flag or a setting's file", () => {
    const environment = { OPENROUTER_API_KEY_FILE: "/run/key", PROXY_API_KEYS_FILE: "/run/keys" };
    const { config, sources } = configOf(files, environment);
    expect(config.openrouterApiKey).toBe(SECRET_KEY);
    expect(config.proxyApiKeys).toEqual([
      { name: "a", key: KEY },
      { name: undefined, key: KEY },
    ]);
    expect(sources.get("openrouterApiKey")).toBe("OPENROUTER_API_KEY_FILE");
    const flagged = configOf(files, {}, "--openrouter-api-key-file", "/run/key");
    expect(flagged.config.openrouterApiKey).toBe(SECRET_KEY);
    const filed = { ...files, "c.toml": 'openrouter_api_key_file = "/run/key"' };
    expect(configOf(filed, {}, ...AS_FILE).config.openrouterApiKey).toBe(SECRET_KEY);
  });

  test("gives way to a secret that is given nearer", () => {
    const environment = { OPENROUTER_API_KEY_FILE: "/run/key" };
    const { config } = configOf(files, environment, "--openrouter-api-key", "nearer");
    expect(config.openrouterApiKey).toBe("nearer");
  });

  const bad: [title: string, environment: Environment, problem: string][] = [
    [
      "beside the secret itself",
      { OPENROUTER_API_KEY: "x", OPENROUTER_API_KEY_FILE: "/run/key" },
      "OPENROUTER_API_KEY and OPENROUTER_API_KEY_FILE are both given",
    ],
    [
      "that is not there",
      { OPENROUTER_API_KEY_FILE: "/run/none" },
      'OPENROUTER_API_KEY_FILE is "/run/none", which cannot be read, or is empty',
    ],
    [
      "that is empty",
      { OPENROUTER_API_KEY_FILE: "/run/empty" },
      'OPENROUTER_API_KEY_FILE is "/run/empty", which cannot be read, or is empty',
    ],
  ];
  test.each(bad)("%s is refused", (_title, environment, problem) => {
    const problems = problemsOf({ ...files, "/run/empty": " \n" }, environment);
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  test("that holds no key is refused without showing it", () => {
    const problems = problemsOf(
      { "/run/key": "a secret" },
      { OPENROUTER_API_KEY_FILE: "/run/key" },
    );
    expect(problems[0]).toStartWith("OPENROUTER_API_KEY is a value that is not shown");
    expect(problems[0]).not.toContain("a secret");
  });

  test("is for secrets alone", () => {
    expect(problemsOf(files, {}, "--port-file", "/run/key")[0]).toStartWith(
      "there is no flag --port-file",
    );
  });
});
