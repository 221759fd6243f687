import { beforeAll, expect, test } from "bun:test";
import { startWatched } from "../../bench/watched-process.ts";
import { buildBinary, SECRET, startBinary } from "../harness/candor-binary.ts";
import { startCandor } from "../harness/candor.ts";
import { expectService } from "../harness/hostile-client.ts";
import { connectTo, postBytes, type RawClient } from "../harness/raw-client.ts";
import { PLAIN, postTo, STREAM } from "../harness/raw-proxy.ts";
import { startRawUpstream } from "../harness/raw-upstream.ts";
import { startSimulator } from "../../src/commands/simulate/simulator.ts";
import { CHAT } from "../harness/ways.ts";
import { ANSWER, DONE, FINISH, textEvent } from "../harness/stream-events.ts";

const BUILD_MS = 60_000;

/** Over and above what the limit of the contracts below lets be open. */
const TOO_MANY = 80;
const LIMIT = { MAX_CONNECTIONS: "64" };

const BINARY = new URL("../../dist/candor", import.meta.url).pathname;

const NOTHING = "";
const HALF_A_HEAD = "POST /proxy HTTP/1.1\r\nhost: 127.0.0.1\r\nx-a: ";
const PROBE = "GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";

beforeAll(buildBinary, BUILD_MS);

/** Opens connections, each of which sends the same; not all at once, as the kernel's queue is short. */
async function openMany(url: string, count: number, bytes: string): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  while (clients.length < count) {
    const some = await Promise.all(Array.from({ length: 20 }, () => connectTo(url)));
    for (const client of some) client.send(bytes);
    clients.push(...some);
  }
  return clients;
}

test.each([
  ["say nothing", NOTHING],
  ["never end their head", HALF_A_HEAD],
  ["never send their body", postBytes("", { "content-length": "1000" })],
  ["have asked, and stay", PROBE],
])(
  "a thousand connections that %s do not keep an honest client from its answer",
  async (...row) => {
    const [, bytes] = row;
    await using candor = startCandor({ settings: { DRAIN_TIMEOUT_MS: "1" } });
    const clients = await openMany(candor.url, 1000, bytes);
    await expectService(candor);
    for (const client of clients) client.reset();
    await Promise.all(clients.map(({ closed }) => closed));
  },
);

test("beyond MAX_CONNECTIONS new ones are refused, the open ones are served, until others end", async () => {
  using upstream = startRawUpstream();
  const environment = { ...LIMIT, OPENROUTER_BASE_URL: upstream.url };
  await using candor = await startBinary({ environment });
  using honest = await connectTo(candor.url);
  honest.send(postBytes(STREAM));
  const asked = await upstream.next();
  await asked.begin("text/event-stream");
  await asked.chunk(textEvent("Hello"));
  await honest.receivedUpTo(textEvent("Hello"));

  const clients = await openMany(candor.url, TOO_MANY, HALF_A_HEAD);
  await candor.outputUpTo("no new connections are taken");
  expect(connectTo(candor.url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await asked.chunk(FINISH + DONE);
  await asked.finish();
  await honest.receivedUpTo(DONE);

  for (const client of clients) client.leave();
  await candor.outputUpTo("new connections are taken again");
  const answer = postTo(candor.url, PLAIN);
  await (await upstream.next()).json(ANSWER);
  expect(await (await answer).text()).toBe(ANSWER);
});

test("beyond MAX_CONNECTIONS those that wait for another request are closed first", async () => {
  using upstream = startRawUpstream();
  const environment = { ...LIMIT, OPENROUTER_BASE_URL: upstream.url };
  await using candor = await startBinary({ environment });
  using honest = await connectTo(candor.url);
  honest.send(postBytes(PLAIN));
  const asked = await upstream.next();

  const clients = await openMany(candor.url, TOO_MANY, PROBE);
  await Promise.all(clients.map(({ closed }) => closed));
  await asked.json(ANSWER);
  await honest.receivedUpTo(ANSWER);
  expect((await Bun.fetch(`${candor.url}/healthz`)).status).toBe(200);
  expect(candor.output()).not.toContain("no new connections");
});

test("a burst that takes up all files is survived, though upstream was never asked before", async () => {
  const simulator = startSimulator({ answer: () => CHAT.get("200-success")?.response });
  const refusing = Promise.withResolvers<void>();
  const taking = Promise.withResolvers<void>();
  await using candor = await startWatched(
    ["sh", "-c", `ulimit -n 40; exec ${BINARY}`],
    { PORT: "0", OPENROUTER_API_KEY: SECRET, OPENROUTER_BASE_URL: simulator.url },
    (line) => {
      if (line.includes("no new connections are taken")) refusing.resolve();
      if (line.includes("new connections are taken again")) taking.resolve();
    },
  );
  using honest = await connectTo(candor.url);
  honest.send(postBytes(PLAIN).slice(0, 20));
  const clients = await openMany(candor.url, TOO_MANY, HALF_A_HEAD);
  await refusing.promise;
  honest.send(postBytes(PLAIN).slice(20));
  // One file is free, now that nothing listens. Another thread may have it first.
  expect(await honest.receivedUpTo("\r\n\r\n{")).toMatch(/^HTTP\/1.1 (200|503) /);
  for (const client of clients) client.leave();
  await taking.promise;
  expect((await postTo(candor.url, PLAIN)).status).toBe(200);
  await simulator.stop();
});
