import { beforeAll, expect, test } from "bun:test";
import packageJson from "../../package.json" with { type: "json" };
import { buildBinary, runBinary, SECRET, startBinary } from "../harness/candor-binary.ts";
import { connectTo, postBytes } from "../harness/raw-client.ts";
import { PLAIN, postTo, STREAM } from "../harness/raw-proxy.ts";
import { type RawExchange, startRawUpstream } from "../harness/raw-upstream.ts";
import { ANSWER, DONE, eventOf, FAILURE, FINISH, textEvent } from "../harness/stream-events.ts";

beforeAll(buildBinary, 60_000);

test("--version says the version and --help lists every setting, and both exit with 0", async () => {
  expect(await runBinary({ flags: ["--version"] })).toEqual({
    code: 0,
    output: `${packageJson.version}\n`,
  });
  const { code, output } = await runBinary({ flags: ["--help"] });
  expect(code).toBe(0);
  expect(output).toContain("--upstream-timeout-ms, UPSTREAM_TIMEOUT_MS");
  expect(output).not.toContain(SECRET);
});

test.each(["help", "-h", "serve --help"])("%s lists the settings", async (words) => {
  const { code, output } = await runBinary({ flags: words.split(" ") });
  expect(code).toBe(0);
  expect(output).toContain("--upstream-timeout-ms, UPSTREAM_TIMEOUT_MS");
});

test.each(["version", "-V", "grade --version"])("%s says the version", async (words) => {
  expect(await runBinary({ flags: words.split(" ") })).toEqual({
    code: 0,
    output: `${packageJson.version}
`,
  });
});

test("a mistyped command, or flag, is answered with the nearest one, and exits with 2", async () => {
  expect(await runBinary({ flags: ["sevre"] })).toEqual({
    code: 2,
    output: "candor: the first word is no command; did you mean serve?\n",
  });
  expect(await runBinary({ flags: ["--prot", "1"] })).toEqual({
    code: 2,
    output: "candor: there is no flag --prot; did you mean --port?\n",
  });
});

test("the start is one line that says what is in effect, and no key", async () => {
  const environment = {
    PROXY_API_KEYS: "team-a=0123456789abcdef,0123456789abcdeg",
    HTTPS_PROXY: "http://user:password@127.0.0.1:1",
    LOG_FORMAT: "pretty",
  };
  await using candor = await startBinary({ environment });
  const output = await candor.outputUpTo("\n");
  expect(output).toContain(", upstream is https://openrouter.ai/api/v1; key: held here; ");
  expect(output).toContain("callers: team-a, 1 key without a name; limits: ");
  expect(output).toContain("outgoing proxy: http://127.0.0.1:1 (HTTPS_PROXY)");
  expect(output.trimEnd().split("\n")).toHaveLength(1);
  for (const secret of [SECRET, "0123456789", "password"]) expect(output).not.toContain(secret);
});

test("what is doubtful about the settings is said at the start", async () => {
  const environment = { OPENROUTER_BASE_URL: "https://openrouter.ai" };
  await using candor = await startBinary({ environment });
  expect(candor.output()).toContain("OPENROUTER_BASE_URL has no path");
});

test.each(["SIGUSR1", "SIGUSR2"] as const)("%s ends nothing", async (signal) => {
  await using candor = await startBinary();
  candor.signal(signal);
  expect((await Bun.fetch(`${candor.url}/healthz`)).status).toBe(200);
  candor.signal("SIGTERM");
  expect(await candor.exited).toBe(0);
});

test("a reader that closes a command's output early does no harm", async () => {
  const program = Bun.spawn(["sh", "-c", "dist/candor licenses | head -n 1"], {
    cwd: `${import.meta.dir}/../..`,
    stdout: "pipe",
    stderr: "pipe",
  });
  expect(await program.stdout.text()).toBe(`candor ${packageJson.version}: MIT\n`);
  expect([await program.exited, await program.stderr.text()]).toEqual([0, ""]);
});

test("the demo takes a free port where its own is taken, and one that is named it does not leave", async () => {
  using taken = startRawUpstream();
  const { port } = new URL(taken.url);
  expect(await runBinary({ flags: ["demo", "--port", port] })).toMatchObject({
    code: 2,
    output: expect.stringMatching(/^candor: .*the port is taken; stop what listens there/),
  });
});

test("a bad setting stops the start with its name, its value and what is allowed", async () => {
  const { code, output } = await runBinary({ environment: { STREAM_HOLD_MS: "soon" } });
  expect(code).not.toBe(0);
  expect(output).toContain('STREAM_HOLD_MS is "soon"; a whole number from 0 to 2147483647');
});

test("a port that is taken stops the start with a sentence that names it", async () => {
  using taken = startRawUpstream();
  const { port } = new URL(taken.url);
  const { code, output } = await runBinary({ flags: ["--port", port] });
  expect(code).not.toBe(0);
  expect(output).toMatch(new RegExp(`^candor: .*\\b${port}\\b.*the port is taken; stop .*\n$`));
});

test("a second one on the same port does not start: each would get some of the requests", async () => {
  await using candor = await startBinary({});
  const { port } = new URL(candor.url);
  const { code, output } = await runBinary({ flags: ["--port", port] });
  expect(code).not.toBe(0);
  expect(output).toContain(port);
});

test("a host that nobody knows stops the start with its name", async () => {
  const { code, output } = await runBinary({ environment: { HOST: "no-such-host.invalid" } });
  expect(code).not.toBe(0);
  expect(output).toMatch(/^candor: HOST is "no-such-host\.invalid".*\n$/);
});

test("no command lets Bun print requests with their keys", async () => {
  using upstream = startRawUpstream();
  const environment = { OPENROUTER_BASE_URL: upstream.url, BUN_CONFIG_VERBOSE_FETCH: "curl" };
  const recorded = runBinary({ environment, flags: ["record", "--model", "a/b", "Hello"] });
  await (await upstream.next()).json(ANSWER);
  expect(await recorded).toEqual({
    code: 0,
    output: "fixtures/chat-completions/recorded-a-b.json\n",
  });
  await using candor = await startBinary({ environment });
  const answer = postTo(candor.url, PLAIN);
  await (await upstream.next()).json(ANSWER);
  expect((await answer).status).toBe(200);
  candor.signal("SIGTERM");
  await candor.exited;
  expect(candor.output()).not.toContain(SECRET);
});

test("a command that the system lets down says so in one sentence", async () => {
  const environment = { OPENROUTER_BASE_URL: "http://127.0.0.1:1/api/v1" };
  const { code, output } = await runBinary({
    environment,
    flags: ["record", "--model", "a/b", "Hello"],
  });
  expect([code, output]).toEqual([
    2,
    expect.stringMatching(/^candor: nothing listens at 127.0.0.1:1 \(ECONNREFUSED\)\n$/),
  ]);
});

test(".env and bunfig.toml in the working directory are not read", async () => {
  const files = {
    ".env": "PORT=not-a-port\nOPENROUTER_BASE_URL=http://127.0.0.1:1/from-env-file\n",
    ".env.production": "STREAM_HOLD_MS=from-env-file\n",
    "bunfig.toml": 'preload = ["./preloaded.ts"]\n',
    "preloaded.ts": 'console.log("preloaded");\n',
  };
  await using candor = await startBinary({ files, environment: { NODE_ENV: "production" } });
  expect(candor.output()).toContain("upstream is https://openrouter.ai/api/v1");
  expect(candor.output()).not.toContain("preloaded");
});

test("every request is one line of JSON in the log, without a key in it", async () => {
  using upstream = startRawUpstream();
  const environment = { OPENROUTER_BASE_URL: upstream.url, PROXY_API_KEYS: `${SECRET}-2` };
  await using candor = await startBinary({ environment });
  const headers = { authorization: `Bearer ${SECRET}-2`, "x-request-id": "" };
  const answers: Record<string, (asked: RawExchange) => Promise<void>> = {
    plain: (asked) => asked.json(ANSWER),
    failed: (asked) => asked.json(JSON.stringify({ error: { code: 401, message: SECRET } })),
    stream: async (asked) => {
      await asked.begin("text/event-stream");
      await asked.chunk(textEvent("Hello") + FINISH + DONE);
      await asked.finish();
    },
    cut: async (asked) => asked.reset(),
  };
  for (const [id, answer] of Object.entries(answers)) {
    const body = id === "stream" ? STREAM : PLAIN;
    const response = postTo(candor.url, body, { headers: { ...headers, "x-request-id": id } });
    await answer(await upstream.next());
    expect(await (await response).text()).not.toContain(SECRET);
  }
  const wrongKey = { authorization: `Bearer ${SECRET}-3`, "x-request-id": "wrong" };
  expect((await postTo(candor.url, PLAIN, { headers: wrongKey })).status).toBe(401);
  candor.signal("SIGTERM");
  expect(await candor.exited).toBe(0);

  const lines = candor.output().trimEnd().split("\n");
  const entries = lines.map((line) => JSON.parse(line));
  const exchanges = entries.filter(({ message }) => message === "exchange");
  expect(exchanges.map(({ request_id, status }) => [request_id, status])).toEqual([
    ["plain", 200],
    ["failed", 401],
    ["stream", 200],
    ["cut", 502],
    ["wrong", 401],
  ]);
  expect(candor.output()).not.toContain("sk-or-");
});

test.each([1, 500])("%d lines of a log that nobody reads any more end nothing", async (count) => {
  using upstream = startRawUpstream();
  // So long that lines are written before the server stops.
  const environment = { OPENROUTER_BASE_URL: upstream.url, DRAIN_DELAY_MS: "500" };
  await using candor = await startBinary({ environment });
  const exchange = async () => {
    const answer = postTo(candor.url, PLAIN);
    await (await upstream.next()).json(ANSWER);
    expect((await answer).status).toBe(200);
  };
  const closed = candor.stopReading();
  await exchange();
  await closed;
  await Promise.all(Array.from({ length: count }, exchange));
  candor.signal("SIGTERM");
  expect(await candor.exited).toBe(0);
});

test("1,000 streams are open upstream at once, and none waits for another", async () => {
  using upstream = startRawUpstream();
  await using candor = await startBinary({ environment: { OPENROUTER_BASE_URL: upstream.url } });
  // Raw clients: Bun's own `fetch` would queue all but 256 in this process.
  using leaving = new DisposableStack();
  const clients = await Promise.all(Array.from({ length: 1000 }, () => connectTo(candor.url)));
  for (const client of clients) leaving.use(client).send(postBytes(STREAM));
  // Not one is answered before all have arrived: a queue anywhere would hold this up for ever.
  const asked: RawExchange[] = [];
  while (asked.length < clients.length) asked.push(await upstream.next());
  for (const exchange of asked) {
    await exchange.begin("text/event-stream");
    await exchange.chunk(textEvent("Hello"));
  }
  await Promise.all(clients.map((client) => client.receivedUpTo(textEvent("Hello"))));
  for (const exchange of asked) await exchange.chunk(FINISH + DONE);
  await Promise.all(clients.map((client) => client.receivedUpTo(FINISH + DONE)));
}, 30_000);

test("a failure on the way through the binary has its true status", async () => {
  using upstream = startRawUpstream();
  await using candor = await startBinary({ environment: { OPENROUTER_BASE_URL: upstream.url } });
  const answer = postTo(candor.url, STREAM);
  const asked = await upstream.next();
  await asked.begin("text/event-stream");
  await asked.chunk(eventOf(FAILURE));
  expect((await answer).status).toBe(429);
});
