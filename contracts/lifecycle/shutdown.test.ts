import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { buildBinary, type CandorBinary, startBinary } from "../harness/candor-binary.ts";
import { connectTo, postBytes, untilRefused } from "../harness/raw-client.ts";
import { PLAIN, postTo, STREAM, beginStream, HELLO } from "../harness/raw-proxy.ts";
import { type RawUpstream, startRawUpstream } from "../harness/raw-upstream.ts";
import { startBusyUpstream, startLoad } from "../harness/steady-load.ts";
import { ANSWER, COMMENT, DONE, FINISH, lastError, textEvent } from "../harness/stream-events.ts";

// The server breaks a connection off after about four seconds, so that a test may take five.
setDefaultTimeout(30_000);

beforeAll(buildBinary, 60_000);

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "an idle server exits with 0 at %s",
  async (signal) => {
    await using candor = await startBinary();
    candor.signal(signal);
    expect(await candor.exited).toBe(0);
  },
);

test("an idle connection of a client does not keep a server from exiting", async () => {
  using upstream = startRawUpstream();
  await using candor = await start(upstream);
  using client = await connectTo(candor.url);
  client.send(postBytes(PLAIN));
  await (await upstream.next()).json(ANSWER);
  await client.receivedUpTo(ANSWER);
  candor.signal("SIGTERM");
  expect(await candor.exited).toBe(0);
  await client.closed;
});

test("/readyz says 503 during DRAIN_DELAY_MS, while all else is served", async () => {
  using upstream = startRawUpstream();
  await using candor = await start(upstream, { DRAIN_DELAY_MS: "500" });
  expect((await Bun.fetch(`${candor.url}/readyz`)).status).toBe(200);
  candor.signal("SIGTERM");
  await candor.outputUpTo("draining");
  expect((await Bun.fetch(`${candor.url}/readyz`)).status).toBe(503);
  expect((await Bun.fetch(`${candor.url}/healthz`)).status).toBe(200);
  const answer = postTo(candor.url, PLAIN);
  await (await upstream.next()).json(ANSWER);
  expect((await answer).status).toBe(200);
  expect(await candor.exited).toBe(0);
});

test("no request on a kept connection that is in use is lost at SIGTERM", async () => {
  await using upstream = startBusyUpstream(2);
  for (let round = 0; round < 4; round += 1) {
    await using candor = await startBinary({ environment: { OPENROUTER_BASE_URL: upstream.url } });
    const load = startLoad(candor.url, upstream);
    await candor.outputUpTo('"stream":true');
    candor.signal("SIGTERM");
    expect(await candor.exited).toBe(0);
    const { answers, lostOnKept, problems } = await load.end();
    expect({ lostOnKept, problems }).toEqual({ lostOnKept: 0, problems: [] });
    expect(answers).toBeGreaterThan(50);
  }
});

test("answers after SIGTERM close their connections, during DRAIN_DELAY_MS as well", async () => {
  using upstream = startRawUpstream();
  await using candor = await start(upstream, { DRAIN_DELAY_MS: "500" });
  const held = postTo(candor.url, PLAIN);
  const asked = await upstream.next();
  candor.signal("SIGTERM");
  await candor.outputUpTo("draining");
  await asked.json(ANSWER);
  const answers = [await held, await Bun.fetch(`${candor.url}/healthz`)];
  for (const { status, headers } of answers) {
    expect(status).toBe(200);
    expect(headers.get("connection")).toBe("close");
  }
  expect(await candor.exited).toBe(0);
});

test("after SIGTERM new connections are refused, and open answers finish whole", async () => {
  using upstream = startRawUpstream();
  await using candor = await start(upstream);
  const plain = postTo(candor.url, PLAIN);
  const askedPlain = await upstream.next();
  const { asked: askedStream, reader } = await beginStream(candor.url, upstream);
  candor.signal("SIGTERM");
  await candor.outputUpTo("draining");
  await untilRefused(candor.url);
  await askedPlain.json(ANSWER);
  expect(await (await plain).text()).toBe(ANSWER);
  await askedStream.chunk(FINISH + DONE);
  expect(await reader.readAll()).toBe(HELLO + FINISH + DONE);
  expect(await candor.exited).toBe(0);
});

test("at DRAIN_TIMEOUT_MS what is open ends with the truth, and the exit code is 0", async () => {
  using upstream = startRawUpstream();
  await using candor = await start(upstream, { DRAIN_TIMEOUT_MS: "300" });
  const plain = postTo(candor.url, PLAIN);
  const askedPlain = await upstream.next();
  const held = postTo(candor.url, STREAM);
  const askedHeld = await upstream.next();
  await askedHeld.begin("text/event-stream");
  await askedHeld.chunk(COMMENT);
  const { asked: askedStream, reader } = await beginStream(candor.url, upstream);
  candor.signal("SIGTERM");

  const text = await reader.readToBreak();
  expect(text).toStartWith(HELLO);
  expect(text).not.toContain("[DONE]");
  expect(lastError(text)).toMatchObject({
    type: "server_error",
    code: "503",
    metadata: { error_type: "proxy_shutdown" },
  });
  for (const answer of [await plain, await held]) {
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(await answer.json()).toMatchObject({ error: { code: "proxy_shutdown" } });
  }
  expect(await candor.exited).toBe(0);
  await Promise.all([askedPlain.closed, askedHeld.closed, askedStream.closed]);
  expect(candor.output().match(/"rule":"shutdown"/g)).toHaveLength(3);
});

test("at DRAIN_TIMEOUT_MS a request that is still being received is told, too", async () => {
  using upstream = startRawUpstream();
  await using candor = await start(upstream, { DRAIN_TIMEOUT_MS: "300" });
  using client = await connectTo(candor.url);
  client.send(postBytes(PLAIN.slice(0, -5), { "content-length": String(PLAIN.length) }));
  // Until it has begun to be read.
  await Bun.fetch(`${candor.url}/healthz`);
  candor.signal("SIGTERM");
  const answer = await client.receivedUpTo("}}");
  expect(answer).toStartWith("HTTP/1.1 503 ");
  expect(answer).toContain("proxy_shutdown");
  expect(await candor.exited).toBe(0);
  expect(upstream.count()).toBe(0);
});

test("at DRAIN_TIMEOUT_MS an answer without a place for an error breaks off", async () => {
  using upstream = startRawUpstream();
  await using candor = await start(upstream, { DRAIN_TIMEOUT_MS: "300" });
  const headers = { "content-type": "application/json" };
  const speech = Bun.fetch(`${candor.url}/v1/audio/speech`, {
    method: "POST",
    headers,
    body: "{}",
  });
  const asked = await upstream.next();
  await asked.begin("audio/mpeg");
  await asked.chunk("ID3");
  const answer = await speech;
  candor.signal("SIGTERM");
  await expect(answer.bytes()).rejects.toThrow();
  expect(await candor.exited).toBe(0);
  await asked.closed;
  expect(candor.output()).toContain('"rule":"shutdown"');
});

test("at DRAIN_TIMEOUT_MS a client that does not read is no obstacle", async () => {
  using upstream = startRawUpstream();
  await using candor = await start(upstream, { DRAIN_TIMEOUT_MS: "300" });
  using client = await connectTo(candor.url);
  client.send(postBytes(STREAM));
  client.pause();
  const asked = await upstream.next();
  await asked.begin("text/event-stream");
  void asked.chunk(textEvent("x".repeat(12 * 2 ** 20)));
  candor.signal("SIGTERM");
  expect(await candor.exited).toBe(0);
});

test("a second signal within a second is the terminal's echo: open answers finish", async () => {
  using upstream = startRawUpstream();
  await using candor = await start(upstream);
  const plain = postTo(candor.url, PLAIN);
  const asked = await upstream.next();
  candor.signal("SIGINT");
  await candor.outputUpTo("draining");
  candor.signal("SIGINT");
  await untilRefused(candor.url);
  await asked.json(ANSWER);
  expect((await plain).status).toBe(200);
  expect(await candor.exited).toBe(0);
});

test("a signal that comes more than a second after the first ends the server at once", async () => {
  using upstream = startRawUpstream();
  await using candor = await start(upstream);
  using client = await connectTo(candor.url);
  client.send(postBytes(PLAIN));
  await upstream.next();
  const startedAt = performance.now();
  candor.signal("SIGTERM");
  const again = setInterval(() => candor.signal("SIGTERM"), 100);
  const code = await candor.exited;
  clearInterval(again);
  expect(code).toBe(1);
  expect(performance.now() - startedAt).toBeGreaterThan(1000);
  await client.closed;
});

function start(upstream: RawUpstream, more: Record<string, string> = {}): Promise<CandorBinary> {
  return startBinary({ environment: { OPENROUTER_BASE_URL: upstream.url, ...more } });
}
