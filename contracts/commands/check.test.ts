import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXIT_CODES, type Finding } from "../../src/commands/check/finding.ts";
import { check } from "../../src/commands/check/command.ts";
import { checkFiles } from "../../src/commands/check/machine.ts";
import { health } from "../../src/commands/health.ts";
import { PLAIN } from "../../src/commands/terminal.ts";
import { describeConnection } from "../../src/commands/connection-problem.ts";
import type { Send } from "../../src/proxy/upstream-call.ts";
import { configure } from "../harness/ways.ts";
import { startTlsUpstream, type TlsUpstream } from "../harness/tls-upstream.ts";

const KEY = "sk-or-made-up-and-never-to-be-seen";
const send: Send = (url, init) => fetch(url, init);

/** The findings of a check with these settings, on any free port. */
async function findingsOf(environment: Record<string, string>, ...flags: string[]) {
  const findings: Finding[] = [];
  // Not the default: nothing of a test leaves this machine.
  const nowhere = { PORT: "0", OPENROUTER_BASE_URL: "http://127.0.0.1:1/api/v1" };
  const around = { environment: { ...nowhere, ...environment }, send };
  for await (const finding of check(flags, around)) findings.push(finding);
  for (const { words } of findings) expect(words).not.toContain(KEY);
  return findings;
}

/** The first thing that is wrong. */
async function problemOf(environment: Record<string, string>, ...flags: string[]) {
  const findings = await findingsOf(environment, ...flags);
  return findings.find(({ problem }) => problem !== undefined);
}

/** An upstream that lists models, and takes one key; answers of other paths by `other`. */
function startUpstream(other: () => Response = () => new Response("nothing", { status: 404 })) {
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/api/v1/models") return Response.json({ data: [] });
      if (pathname !== "/api/v1/key") return other();
      const isKnown = request.headers.get("authorization") === `Bearer ${KEY}`;
      if (isKnown) return Response.json({ data: { label: "x", limit_remaining: 4.5 } });
      return Response.json({ error: { code: 401, message: "No auth" } }, { status: 401 });
    },
  });
}

let folder: string;
let tls: TlsUpstream;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "candor-check-"));
  tls = await startTlsUpstream();
});
afterAll(async () => {
  await tls[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe("a set-up that works", () => {
  test("with a key is well, and says what is left of the key's limit", async () => {
    using upstream = startUpstream();
    const OPENROUTER_BASE_URL = `${upstream.url.href}api/v1`;
    const findings = await findingsOf({ OPENROUTER_BASE_URL, OPENROUTER_API_KEY: KEY });
    expect(findings.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(findings.at(-1)?.words).toBe(
      "OPENROUTER_API_KEY is taken, with 4.5 credits left of its limit",
    );
  });

  test("without a key is well, and so is a gateway that shows its models to known callers", async () => {
    using upstream = Bun.serve({
      port: 0,
      fetch: () => Response.json({ error: "no key" }, { status: 401 }),
    });
    const findings = await findingsOf({ OPENROUTER_BASE_URL: `${upstream.url.href}v1` });
    expect(findings.map(({ problem }) => problem)).toEqual(Array(6).fill(undefined));
  });
});

describe("what is wrong is found, with a sentence and an exit status of its own:", () => {
  test("a setting", async () => {
    expect(await problemOf({ STREAM_HOLD_MS: "soon" })).toMatchObject({
      problem: "settings",
      words: expect.stringContaining('STREAM_HOLD_MS is "soon"'),
    });
  });

  test("a port that is taken, also by a Candor", async () => {
    using taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const found = await problemOf({ PORT: String(taken.port) });
    expect(found?.problem).toBe("port");
    expect(found?.words).toContain(`PORT ${taken.port} on 127.0.0.1 is taken; stop that`);
    using candor = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => Response.json({ status: "ok" }),
    });
    const own = await problemOf({ PORT: String(candor.port) });
    expect(own?.words).toContain("is taken, by a Candor that runs; stop that");
  });

  test("a port for the metrics that is taken", async () => {
    using taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const found = await problemOf({ METRICS_PORT: String(taken.port) });
    expect(found?.problem).toBe("port");
    expect(found?.words).toContain(`METRICS_PORT ${taken.port} on 127.0.0.1 is taken`);
  });

  test("a port that is shared is not tried: an old Candor may have it", async () => {
    using taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const findings = await findingsOf({ PORT: String(taken.port), SHARE_PORT: "true" });
    expect(findings.map(({ words }) => words)).toContain(
      `PORT ${taken.port} is shared (SHARE_PORT), so it was not tried`,
    );
  });

  test.each(["192.0.2.1", "no-such-host.invalid"])(
    "HOST %s, which is no address of this machine",
    async (host) => {
      const found = await problemOf({ HOST: host });
      expect(found?.problem).toBe("port");
      expect(found?.words).toStartWith(
        `HOST ${host} is neither an address of this machine nor a name of one (E`,
      );
    },
  );

  test("more workers than there is memory for, and telemetry that cannot be", async () => {
    const workers = await problemOf({ WORKERS: "4", MEMORY_LIMIT_MB: "300" });
    expect(workers?.problem).toBe("settings");
    expect(workers?.words).toContain("have 512 MB or at most 2 workers");
    const telemetry = await problemOf({ OTEL_EXPORTER_OTLP_ENDPOINT: "nowhere" });
    expect(telemetry?.problem).toBe("settings");
    expect(telemetry?.words).toContain("OTEL_EXPORTER_OTLP_ENDPOINT");
  });

  test("a HISTORY that is a folder", async () => {
    expect((await problemOf({ HISTORY: folder }))?.words).toBe(
      `HISTORY is "${folder}": that is a folder, and has to be a file`,
    );
  });

  test("a file or a folder that cannot be written", async () => {
    for (const name of ["HISTORY", "CAPTURE"]) {
      const path = `${import.meta.path}/there`;
      const found = await problemOf({ [name]: path });
      expect(found?.problem).toBe("settings");
      expect(found?.words).toBe(
        `${name} is "${path}": ${import.meta.path} cannot be written to (ENOTDIR)`,
      );
      const findings = await findingsOf({ [name]: join(folder, "new") });
      expect(findings.map(({ words }) => words)).toContain(
        `${name} ${join(folder, "new")} can be written`,
      );
    }
  });

  test("a configuration file with a name that is no setting", async () => {
    const file = join(folder, "wrong.toml");
    await Bun.write(file, "prot = 3000\n");
    const found = await problemOf({}, "--config", file);
    expect(found).toEqual({
      problem: "settings",
      words: `${file}: there is no setting PROT; did you mean PORT?`,
    });
  });

  test("a host of upstream that nobody knows", async () => {
    const found = await problemOf({ OPENROUTER_BASE_URL: "https://openrouter.invalid/api/v1" });
    expect(found?.problem).toBe("no-such-host");
    expect(found?.words).toContain("no address is known for openrouter.invalid");
  });

  test("an upstream where nothing listens", async () => {
    const found = await problemOf({ OPENROUTER_BASE_URL: "http://127.0.0.1:1/api/v1" });
    expect(found?.problem).toBe("unreachable");
    expect(found?.words).toContain("nothing listens at 127.0.0.1:1");
  });

  test("a private CA that is missing", async () => {
    const found = await problemOf({ OPENROUTER_BASE_URL: `https://127.0.0.1:${tls.port}/api/v1` });
    expect(found?.problem).toBe("tls");
    expect(found?.words).toContain("NODE_EXTRA_CA_CERTS");
  });

  test("https where no TLS is spoken, and http where it is", async () => {
    using upstream = startUpstream();
    const plain = await problemOf({
      OPENROUTER_BASE_URL: `https://127.0.0.1:${upstream.port}/api/v1`,
    });
    expect(plain?.problem).toBe("tls");
    expect(plain?.words).toContain("where no TLS is spoken, the URL begins with http://");
    const secured = await problemOf({
      OPENROUTER_BASE_URL: `http://127.0.0.1:${tls.port}/api/v1`,
    });
    expect(secured?.problem).toBe("unreachable");
    expect(secured?.words).toContain("where TLS is spoken, the URL begins with https://");
  });

  test("an outgoing proxy that is not there", async () => {
    const found = await problemOf({
      OPENROUTER_BASE_URL: "https://openrouter.invalid/api/v1",
      HTTPS_PROXY: "http://user:secret@127.0.0.1:1",
    });
    expect(found?.problem).toBe("proxy");
    expect(found?.words).toContain("the outgoing proxy http://127.0.0.1:1 (HTTPS_PROXY) cannot be");
    expect(found?.words).not.toContain("secret");
  });

  test("an outgoing proxy that wants a password, or does not let this host be reached", async () => {
    const answer = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
    using proxy = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { data: (socket) => void socket.end(answer) },
    });
    const { code, output } = await run(["check", "--port=0"], {
      OPENROUTER_BASE_URL: "https://openrouter.invalid/api/v1",
      HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
    });
    expect(code).toBe(EXIT_CODES.proxy);
    expect(output).toContain("opens no tunnel to openrouter.invalid; it may want a name and a");
  });

  const bases: [title: string, path: string, other: () => Response, words: string][] = [
    ["without its path", "", () => new Response("<html>", { status: 200 }), "is no list of models"],
    ["with half its path", "v1", () => new Response("", { status: 404 }), "is 404"],
    [
      "that points elsewhere",
      "v1",
      () => Response.redirect("https://elsewhere.example/", 301),
      "is 301 and points to https://elsewhere.example/",
    ],
  ];
  test.each(bases)("a base URL %s", async (_title, path, other, words) => {
    using upstream = startUpstream(other);
    const found = await problemOf({ OPENROUTER_BASE_URL: upstream.url.href + path });
    expect(found?.problem).toBe("base-url");
    expect(found?.words).toContain(words);
  });

  test("a key that upstream refuses", async () => {
    using upstream = startUpstream();
    const OPENROUTER_BASE_URL = `${upstream.url.href}api/v1`;
    const found = await problemOf({ OPENROUTER_BASE_URL, OPENROUTER_API_KEY: `${KEY}-2` });
    expect(found?.problem).toBe("key");
    expect(found?.words).toContain("OPENROUTER_API_KEY is refused");
  });

  test("too few files", () => {
    const { problem, words } = checkFiles(configure({}), 256);
    expect(problem).toBe("files");
    expect(words).toStartWith("only 256 files may be open, so that 192 connections are taken");
    expect(checkFiles(configure({}), 4096).words).toContain("MAX_CONNECTIONS is 16384");
    expect(checkFiles(configure({}), 2 ** 20).problem).toBeUndefined();
  });
});

test("every kind has an exit status of its own, which the help lists", async () => {
  const codes = Object.values(EXIT_CODES);
  expect(new Set(codes).size).toBe(codes.length);
  const { code, output } = await run(["check", "--help"]);
  expect(code).toBe(0);
  for (const status of codes) expect(output).toMatch(new RegExp(`^ +${status}  \\w`, "m"));
});

test("the exit status is that of the first thing that is wrong", async () => {
  const { code, output } = await run(["check", "--port=0"], {
    OPENROUTER_BASE_URL: "http://127.0.0.1:1/api/v1",
  });
  expect(code).toBe(EXIT_CODES.unreachable);
  expect(output).toMatch(/^WRONG {2}OPENROUTER_BASE_URL is http:\/\/127\.0\.0\.1:1/m);
});

describe("candor health", () => {
  test("is 0 where a server is well, and 1 where it is not, or is not there", async () => {
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) =>
        new Response("", { status: request.url.endsWith("/healthz") ? 200 : 500 }),
    });
    const PORT = String(server.port);
    expect(await healthOf([], { PORT })).toEqual({ exitCode: 0 });
    expect(await healthOf([], { PORT, HOST: "0.0.0.0" })).toEqual({ exitCode: 0 });
    using sick = Bun.serve({ port: 0, fetch: () => new Response("", { status: 500 }) });
    expect(await healthOf([], { PORT: String(sick.port) })).toMatchObject({ exitCode: 1 });
    expect(await healthOf(["--port", "1"])).toEqual({
      exitCode: 1,
      problems: ["nothing listens at 127.0.0.1:1 (ECONNREFUSED)"],
    });
    expect(await healthOf(["--port", "x"])).toMatchObject({ exitCode: 1 });
  });
});

function healthOf(words: string[], environment: Record<string, string> = {}) {
  return health.run(words, {
    environment,
    version: "0",
    send,
    print() {},
    output: PLAIN,
    errors: PLAIN,
  });
}

describe("candor config", () => {
  test("prints what is in effect and from where, and no secret", async () => {
    const file = join(folder, "candor.toml");
    await Bun.write(file, 'port = 8080\nproxy_api_keys = ["team-a=secret-0123456789"]\n');
    const environment = { OPENROUTER_API_KEY: KEY, PORT: "", LOG_LEVEL: "warn" };
    const { code, output } = await run(
      ["config", "--config", file, "--host=localhost"],
      environment,
    );
    expect(code).toBe(0);
    expect(output).toMatch(/^HOST +localhost +the flag --host$/m);
    expect(output).toMatch(new RegExp(`^PORT +8080 +${RegExp.escape(file)}$`, "m"));
    expect(output).toMatch(/^LOG_LEVEL +warn +LOG_LEVEL$/m);
    expect(output).toMatch(/^STREAM_HOLD_MS +45000 +default$/m);
    expect(output).toMatch(/^OPENROUTER_API_KEY +set, not shown +OPENROUTER_API_KEY$/m);
    expect(output).toMatch(/^PROXY_API_KEYS +team-a; not shown +/m);
    expect(output).not.toContain("secret");
    expect(output).not.toContain(KEY);
    for (const line of output.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  test("that would stop the start exits with 2", async () => {
    expect(await run(["config", "--prot", "1"])).toEqual({
      code: 2,
      output: "candor: there is no flag --prot; did you mean --port?\n",
    });
  });
});

test("the codes of connections that fail are told in words", () => {
  expect(wordsFor("CERT_HAS_EXPIRED")).toContain("has expired");
  expect(wordsFor("ERR_TLS_CERT_ALTNAME_INVALID")).toContain("is for another host");
  expect(wordsFor("ERR_SSL_WRONG_VERSION_NUMBER")).toContain("TLS with a.example failed");
  expect(wordsFor("EMFILE")).toContain("no file is left");
  expect(wordsFor("ECONNRESET")).toBe("the connection to a.example broke (ECONNRESET)");
});

function wordsFor(code: string): string {
  return describeConnection(Object.assign(new Error("x"), { code }), "https://a.example/v1").words;
}

async function run(words: string[], environment: Record<string, string> = {}) {
  const program = Bun.spawn(["bun", "src/main.ts", ...words], {
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([program.stdout.text(), program.stderr.text()]);
  return { code: await program.exited, output: stdout + stderr };
}

test("a problem cannot steer the terminal", async () => {
  const { code, output } = await run(["config"], { HOST: "x", LOG_LEVEL: "\u001b[31mloud\u202e" });
  expect(code).toBe(2);
  expect(output).toContain('LOG_LEVEL is "\\u001b[31mloud\\u202e"');
  expect(output).not.toContain("\u001b");
});
