import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepWarm } from "../../src/server/warm.ts";
import { buildBinary, startBinary } from "../harness/candor-binary.ts";
import { PLAIN, postTo } from "../harness/raw-proxy.ts";
import { startRawUpstream } from "../harness/raw-upstream.ts";
import { ANSWER } from "../harness/stream-events.ts";
import { startTlsUpstream, type TlsUpstream } from "../harness/tls-upstream.ts";

/** A way to upstream that shows the connections on it; closes at the end of its scope. */
interface Way extends Disposable {
  port: number;
  connections(): number;
}

/** Long enough for a busy machine to answer within it. */
const RENEW_MS = 200;
const NO_CONTENT = "HTTP/1.1 204 No Content\r\n\r\n";

let upstream: TlsUpstream;
let folder: string;

beforeAll(async () => {
  await buildBinary();
  upstream = await startTlsUpstream();
  folder = await mkdtemp(join(tmpdir(), "candor-warm-"));
  await Bun.write(join(folder, "authority.pem"), upstream.authority);
}, 60_000);

afterAll(async () => {
  await upstream[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test("the first request travels on a connection that was opened, TLS included, before it", async () => {
  using way = await openWay(upstream.port);
  await using candor = await startBinary({
    environment: {
      OPENROUTER_BASE_URL: `https://127.0.0.1:${way.port}/api/v1`,
      NODE_EXTRA_CA_CERTS: join(folder, "authority.pem"),
    },
  });
  await upstream.warmed;
  expect((await fetch(`${candor.url}/healthz`)).status).toBe(200);
  expect(upstream.count()).toBe(0);
  expect((await postTo(candor.url, PLAIN)).status).toBe(200);
  expect(upstream.count()).toBe(1);
  expect(way.connections()).toBe(1);
});

test("the connection is used again and again, by requests for a head alone", async () => {
  using bare = startRawUpstream({ showsWarming: true });
  const stop = keepWarm(bare.url, RENEW_MS);
  const seen: unknown[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const { request, connection, write } = await bare.next();
    seen.push([request.method, connection]);
    await write(NO_CONTENT);
  }
  stop();
  expect(seen).toEqual([
    ["HEAD", 1],
    ["HEAD", 1],
    ["HEAD", 1],
  ]);
});

test("a connection that upstream closed is replaced, though nobody asks", async () => {
  using bare = startRawUpstream({ showsWarming: true });
  const stop = keepWarm(bare.url, RENEW_MS);
  const first = await bare.next();
  await first.write(NO_CONTENT);
  first.close();
  const second = await bare.next();
  await second.write(NO_CONTENT);
  const third = await bare.next();
  stop();
  expect([first, second, third].map(({ connection }) => connection)).toEqual([1, 2, 2]);
});

test("an upstream that was restarted before the first request is asked on a new connection", async () => {
  const warmed = Promise.withResolvers<void>();
  const before = startServer(0, () => warmed.resolve());
  const { port = 0 } = before;
  const environment = { OPENROUTER_BASE_URL: `${before.url.origin}/api/v1` };
  await using candor = await startBinary({ environment });
  await warmed.promise;
  await before.stop(true);
  const after = startServer(port, () => {});
  expect((await fetch(`${candor.url}/healthz`)).status).toBe(200);
  expect((await postTo(candor.url, PLAIN)).status).toBe(200);
  await after.stop(true);
});

/** An upstream whose every answer is a healthy completion. */
function startServer(port: number, onRequest: () => void) {
  return Bun.serve({
    hostname: "127.0.0.1",
    port,
    fetch() {
      onRequest();
      return new Response(ANSWER, { headers: { "content-type": "application/json" } });
    },
  });
}

async function openWay(upstreamPort: number): Promise<Way> {
  let connections = 0;
  const server = createServer((client) => {
    connections += 1;
    const onward = connect(upstreamPort, "127.0.0.1");
    client.pipe(onward).pipe(client);
    client.on("error", () => onward.destroy());
    onward.on("error", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The way has no port.");
  return {
    port: address.port,
    connections: () => connections,
    [Symbol.dispose]: () => void server.close(),
  };
}
