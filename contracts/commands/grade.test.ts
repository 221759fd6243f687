import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { startFixtureUpstream } from "../../src/commands/simulate/fixture-upstream.ts";
import { grade } from "../../src/commands/grade/grade.ts";
import { loadFixtures } from "../../src/recordings/fixtures.ts";
import { isObject, objectAt, parseJson } from "../../src/core/json.ts";
import type { Simulator } from "../../src/commands/simulate/simulator.ts";
import { startServer } from "../../src/server/server.ts";
import { expectedWith } from "../expected/expected.ts";
import { startTlsUpstream } from "../harness/tls-upstream.ts";
import { configure, fixtureOf, quiet, recordedBody } from "../harness/ways.ts";

/** Where a byte-for-byte gateway leaves the client of a committed stream in the dark, or alone. */
const UNTRUE_ENDINGS = [
  "stream-choice-level-error-after-content",
  "stream-content-error-usage-done",
  "stream-crlf-error-after-content",
  "stream-ends-inside-tool-call",
  "stream-ends-without-finish",
  "stream-error-after-finish-in-every-event",
  "stream-error-inside-tool-call",
  "stream-malformed-json-after-content",
  "stream-one-choice-unfinished",
  "stream-partial-error-done",
  "stream-token-limit-in-usage-chunk",
].map((name) => `chat-completions/${name}`);

/** Healthy answers on which clients break as they came: a wrong label, an odd event, a lost tail. */
const MENDED = [
  "chat-completions/200-labelled-event-stream",
  "chat-completions/200-two-content-types",
  "chat-completions/stream-cut-after-finish",
  "chat-completions/stream-cut-after-usage",
  "chat-completions/stream-done-trailing-space",
  "chat-completions/stream-ends-after-usage",
  "chat-completions/stream-heartbeat-first",
  "chat-completions/stream-heartbeats",
  "chat-completions/stream-heartbeats-between-events",
  "chat-completions/stream-labelled-json",
  "chat-completions/stream-labelled-json-behind-comment",
  "chat-completions/stream-silent-after-usage",
  "chat-completions/stream-truncated-after-finish",
  "responses/stream-no-content-type",
];

const CHAT_FOLDER = "chat-completions/";
const CHAT_ONLY = ["--endpoint", "chat-completions"];

// Grading takes a second or two, and more on a machine that has other work.
setDefaultTimeout(30_000);

let simulator: Simulator;
beforeAll(() => {
  simulator = startFixtureUpstream();
});
afterAll(() => simulator.stop());

describe("the score", () => {
  test("Candor passes every case", async () => {
    const config = configure({ OPENROUTER_BASE_URL: simulator.url });
    const server = startServer(config, (url, init) => fetch(url, init), quiet);
    const { passed, total, failed } = await gradeAsJson([server.url, "--no-simulator"]);
    await server.drain();
    expect(failed).toEqual([]);
    expect(passed).toBe(loadFixtures().size);
    expect(total).toBe(passed);
  });

  test("a gateway that passes on every byte fails where a failure is hidden, and only there", async () => {
    using gateway = passThrough();
    const words = [gateway.url.href, "--no-simulator", ...CHAT_ONLY];
    const { failed } = await gradeAsJson(words);
    const hidden = expectedWith("error").filter(
      ([name, { status }]) => name.startsWith(CHAT_FOLDER) && !tellsItself(name, status),
    );
    const mended = MENDED.filter((name) => name.startsWith(CHAT_FOLDER));
    const names = [...hidden.map(([name]) => name), ...UNTRUE_ENDINGS, ...mended];
    expect(failed.toSorted()).toEqual(names.toSorted());
    expect(failed.length).toBeGreaterThan(90);
  });

  test("a gateway that passes on every byte passes the healthy answers of all endpoints", async () => {
    using gateway = passThrough();
    const { failed } = await gradeAsJson([gateway.url.href, "--no-simulator"]);
    const untouched = expectedWith("untouched").map(([name]) => name);
    const healthy = untouched.filter((name) => !MENDED.includes(name));
    expect(failed.filter((name) => healthy.includes(name))).toEqual([]);
  });

  test("an answer that takes too long fails, and the rest is graded", async () => {
    const stalled = Promise.withResolvers<Response>();
    using gateway = Bun.serve({
      port: 0,
      async fetch(request) {
        const body = await request.clone().text();
        return body.includes("200-tool-calls") ? stalled.promise : forward(request);
      },
    });
    const words = [
      gateway.url.href,
      "--no-simulator",
      "--timeout-ms",
      "500",
      ...CHAT_ONLY,
      "--only",
      "200-t[wo]o{l-call,-choice}s",
    ];
    const { failed, total } = await gradeAsJson(words);
    stalled.resolve(new Response());
    expect(failed).toEqual(["chat-completions/200-tool-calls"]);
    expect(total).toBe(2);
  });
});

describe("the command", () => {
  test("starts the upstream of the cases itself, where the gateway expects it", async () => {
    const port = freePort();
    using gateway = passThrough(`http://127.0.0.1:${port}`);
    const words = [
      gateway.url.href,
      "--simulator-port",
      String(port),
      ...CHAT_ONLY,
      "--only",
      "200-success",
    ];
    expect(await gradeAsJson(words)).toMatchObject({ score: 100, total: 1 });
  });

  test("sends the headers it is given with every request", async () => {
    const seen: (string | null)[] = [];
    using gateway = Bun.serve({
      port: 0,
      fetch(request) {
        seen.push(request.headers.get("x-gateway"), request.headers.get("authorization"));
        return forward(request);
      },
    });
    const headers = ["-H", "X-Gateway: a: b", "--header", "Authorization: Bearer mine"];
    const words = [
      gateway.url.href,
      ...headers,
      "--no-simulator",
      ...CHAT_ONLY,
      "--only",
      "200-success",
    ];
    await grade(words, "test");
    // Once to try out whether all is set up, and once for the case.
    expect(seen).toEqual(["a: b", "Bearer mine", "a: b", "Bearer mine"]);
  });

  test("says what to do where the gateway, or upstream behind it, is not reached", async () => {
    using stranger = Bun.serve({ port: 0, fetch: () => new Response("hello") });
    const port = freePort();
    expect(await grade([stranger.url.href, "--simulator-port", String(port)], "test")).toEqual({
      problems: [
        `${stranger.url.origin}/v1 answered 200 without asking upstream; it has to take http://127.0.0.1:${port}/api/v1 for OpenRouter`,
      ],
    });
    const taken = new URL(simulator.url).port;
    expect(await grade([stranger.url.href, "--simulator-port", taken], "test")).toEqual({
      problems: [
        `port ${taken} is taken; if candor simulate runs there, add --no-simulator, else --simulator-port`,
      ],
    });
    expect(await grade([`http://127.0.0.1:${freePort()}`, "--no-simulator"], "test")).toEqual({
      problems: [
        expect.stringMatching(
          /^no gateway answers at http:.*\/v1: nothing listens at 127.0.0.1:\d+ \(ECONNREFUSED\)$/,
        ),
      ],
    });
    expect(await grade([stranger.url.href, ...CHAT_ONLY, "--only", "none"], "test")).toEqual({
      problems: ["no case fits --endpoint and --only"],
    });
  });

  test("says why a gateway is not reached: its certificate, its name", async () => {
    await using gateway = await startTlsUpstream();
    const untrusted = await grade([`https://127.0.0.1:${gateway.port}`, "--no-simulator"], "test");
    expect("problems" in untrusted && untrusted.problems[0]).toContain(
      "is not trusted: its certificate comes from an unknown CA; a private CA is named by NODE_EXTRA",
    );
    const unknown = await grade(["http://gateway.invalid/v1", "--no-simulator"], "test");
    expect("problems" in unknown && unknown.problems[0]).toContain(
      "no address is known for gateway.invalid",
    );
  });

  test("exits with 1 below --min-score, with 0 otherwise, and with 2 for a bad call", async () => {
    using gateway = passThrough();
    const words = [gateway.url.href, "--no-simulator", ...CHAT_ONLY, "--only", "200-*"];
    const graded = await run(...words);
    expect(graded.code).toBe(0);
    expect(graded.output).toMatch(
      /200-bare-error +200 json: error 429 +status 200 in place of 429\n/,
    );
    for (const line of graded.output.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    expect(graded.output).not.toContain("200-success");
    expect(graded.output).toMatch(/chat-completions: \d+ of \d+ passed, \d\d\.\d %\n$/);
    expect((await run(...words, "--min-score", "99.5")).code).toBe(1);
    expect((await run(...words, "--min-score", "10", "--all")).output).toContain("200-success");
    expect(await run("not-a-url")).toMatchObject({ code: 2 });
  });

  test("--junit prints one test case for each case, with the failures inside", async () => {
    using gateway = passThrough();
    const { code, output } = await run(
      gateway.url.href,
      "--no-simulator",
      ...CHAT_ONLY,
      "--only",
      "200-success",
      "--junit",
    );
    expect(code).toBe(0);
    expect(output).toContain('<testsuites tests="1" failures="0"');
    expect(output).toMatch(
      /<testcase classname="chat-completions" name="200-success" time="[\d.]+"\/>/,
    );
  });

  test("--help says how a gateway is set up", async () => {
    const { code, output } = await run("--help");
    expect(code).toBe(0);
    expect(output).toContain("--no-simulator");
    expect(output).toContain("http://127.0.0.1:4100/api/v1");
  });
});

/** Whether a failure has its status, and an error that clients can read, without anybody's help. */
function tellsItself(name: string, status: number): boolean {
  const fixture = fixtureOf(name);
  const { response } = fixture;
  const body = parseJson(new TextDecoder().decode(recordedBody(fixture)));
  const { message } = objectAt(isObject(body) ? body : {}, "error");
  const hasJson = response.headers.some(([, value]) => value === "application/json");
  return response.status === status && hasJson && typeof message === "string" && message !== "";
}

/** A gateway that changes nothing. */
function passThrough(upstream?: string) {
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => forward(request, upstream),
  });
}

async function forward(request: Request, upstream = new URL(simulator.url).origin) {
  const { method, headers, url } = request;
  const body = method === "POST" ? await request.bytes() : undefined;
  const sent = { method, headers, redirect: "manual", decompress: false } as const;
  return Bun.fetch(upstream + new URL(url).pathname, { ...sent, ...(body && { body }) });
}

/** A port that nobody listens on. */
function freePort(): number {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  server.stop();
  return server.port;
}

async function gradeAsJson(words: string[]) {
  const graded = await grade([...words, "--json"], "test");
  if ("problems" in graded) throw new Error(graded.problems.join("\n"));
  const { score, passed, total, cases } = JSON.parse(graded.text);
  const failures = cases.filter((result: { passed: boolean }) => !result.passed);
  const failed: string[] = failures.map(({ name }: { name: string }) => name);
  return { score, passed, total, failed };
}

async function run(...words: string[]): Promise<{ code: number; output: string }> {
  const program = Bun.spawn(["bun", "src/main.ts", "grade", ...words], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([program.stdout.text(), program.stderr.text()]);
  return { code: await program.exited, output: stdout + stderr };
}
