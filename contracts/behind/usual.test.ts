import { setImmediate } from "node:timers/promises";
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { buildBinary, runBinary } from "../harness/candor-binary.ts";
import { PLAIN, STREAM } from "../harness/raw-proxy.ts";
import { ANSWER, COMMENT, DONE, FINISH, readerOf, textEvent } from "../harness/stream-events.ts";
import { unpackDebianPackages } from "../harness/debian-packages.ts";
import type { RawExchange } from "../harness/raw-upstream.ts";
import { type Scene, startScene } from "./scene.ts";
import { startCaddy, startHaproxy, startNginx, type Usual } from "./usual-fronts.ts";

// Each web server is Debian's, with the configuration that its package brings (see `debian-packages.ts`).
beforeAll(unpackDebianPackages, 120_000);
beforeAll(buildBinary, 60_000);
setDefaultTimeout(30_000);

const FRONTS = [
  ["nginx", startNginx],
  ["HAProxy", startHaproxy],
  ["Caddy", startCaddy],
] as const;

/** How long the web server waits for a silent answer, and Candor's hold behind a proxy. */
const LIMIT_MS = 3000;
const HOLD_MS = 1000;
/** Later than the web server would have waited, and before it has waited so long since the commit. */
const LATE_MS = 3500;
/** So long that the web server gives up unless the padding reaches it after the commit. */
const PADDED_MS = HOLD_MS + LIMIT_MS + 600;

const PADDING_MS = 500;

const TELLING = FRONTS.filter(([name]) => name !== "HAProxy");

type StartFront = (typeof FRONTS)[number][1];

function startUsual(startFront: StartFront, usual: Omit<Usual, "candor">): Promise<Scene> {
  return startScene((candor) => startFront({ ...usual, candor }), {
    FORWARDED_HOLD_MS: String(HOLD_MS),
    KEEP_ALIVE_MS: "500",
  });
}

/** Leaves while a plain answer is awaited; resolves when the upstream request has ended for it. */
async function leaveBeforeTheAnswer(scene: Scene): Promise<void> {
  const client = new AbortController();
  const answer = scene.post(PLAIN, client.signal);
  const asked = await scene.upstream.next();
  client.abort();
  expect(await answer.catch((error: Error) => error.name)).toBe("AbortError");
  await asked.closed;
  expect(asked.isOpen()).toBe(false);
}

describe.each(FRONTS)("behind %s without any special line", (_name, startFront) => {
  test.concurrent("each of ten tokens arrives before the next one is sent", async () => {
    await using scene = await startUsual(startFront, { isForwarded: false });
    const answer = scene.post(STREAM);
    const asked = await scene.upstream.next();
    await asked.begin("text/event-stream");
    const tokens = Array.from({ length: 10 }, (_, index) => textEvent(` token ${index}`));
    // The first has to come before its answer can be read at all.
    await asked.chunk(tokens[0] ?? "");
    const reader = readerOf(await answer);
    for (const [index, token] of tokens.entries()) {
      if (index > 0) await asked.chunk(token);
      await reader.readUpTo(token);
    }
    await asked.chunk(FINISH + DONE);
    await asked.finish();
    expect(await reader.readAll()).toBe(tokens.join("") + FINISH + DONE);
  });

  test.concurrent("a client that leaves its stream ends the upstream request", async () => {
    await using scene = await startUsual(startFront, { isForwarded: false });
    const client = new AbortController();
    const answer = scene.post(STREAM, client.signal);
    const asked = await scene.upstream.next();
    await asked.begin("text/event-stream");
    // More than a web server keeps in its buffers.
    await asked.chunk(textEvent("x".repeat(100_000)));
    await answer;
    client.abort();
    // HAProxy notices it when it has something to send. Between two pieces the close can arrive.
    while (asked.isOpen()) {
      await asked.chunk(textEvent(" and on"));
      await setImmediate();
    }
    await asked.closed;
    expect(asked.isOpen()).toBe(false);
  });
});

// HAProxy says nothing of it before the answer begins, unless `option abortonclose` is set.
test.concurrent.each(TELLING)("%s tells that a client left before its answer", async (_, start) => {
  await using scene = await startUsual(start, { isForwarded: false });
  await leaveBeforeTheAnswer(scene);
});

test.concurrent("HAProxy tells it when the hold has ended", async () => {
  await using scene = await startUsual(startHaproxy, { isForwarded: true });
  await leaveBeforeTheAnswer(scene);
});

test("by default a hold ends below the time-outs of HAProxy, nginx, CloudFront and Google", async () => {
  const { output } = await runBinary({ flags: ["--help"] });
  const holdMs = (name: string) =>
    Number(new RegExp(`\\b${name}\\b[^]*?default:? (\\d+)`).exec(output)?.[1]);
  const debian = await unpackDebianPackages();
  const haproxy = await Bun.file(`${debian}/etc/haproxy/haproxy.cfg`).text();
  const serverMs = Number(/timeout server +(\d+)/.exec(haproxy)?.[1]);
  expect(holdMs("STREAM_HOLD_MS")).toBeLessThan(serverMs);
  expect(holdMs("STREAM_HOLD_MS")).toBeLessThan(60_000);
  expect(holdMs("FORWARDED_HOLD_MS")).toBeLessThan(30_000);
});

describe.each(FRONTS)("behind %s with the client's address passed on", (_name, startFront) => {
  const usual = { isForwarded: true, limitMs: LIMIT_MS };

  test.concurrent("a plain answer that takes longer than its time-out arrives", async () => {
    await using scene = await startUsual(startFront, usual);
    const answer = scene.post(PLAIN);
    const asked = await scene.upstream.next();
    await Bun.sleep(LATE_MS);
    await asked.json(ANSWER);
    const response = await answer;
    expect(response.status).toBe(200);
    expect((await response.text()).trim()).toBe(ANSWER);
  });

  test.concurrent("so does one that upstream pads while it works", async () => {
    await using scene = await startUsual(startFront, usual);
    const answer = scene.post(PLAIN);
    const asked = await scene.upstream.next();
    await asked.begin("application/json");
    await padWith("\n         ", asked);
    await asked.chunk(ANSWER);
    await asked.finish();
    const response = await answer;
    expect(response.status).toBe(200);
    expect((await response.text()).trim()).toBe(ANSWER);
  });

  test.concurrent("the hold of a stream without a word ends below its time-out", async () => {
    await using scene = await startUsual(startFront, usual);
    const answer = scene.post(STREAM);
    const asked = await scene.upstream.next();
    await asked.begin("text/event-stream");
    await padWith(COMMENT, asked);
    await asked.chunk(textEvent("Hello") + FINISH + DONE);
    await asked.finish();
    const response = await answer;
    expect(response.status).toBe(200);
    expect(await response.text()).toEndWith(textEvent("Hello") + FINISH + DONE);
  });
});

/** What upstream sends twice a second while it works, for longer than the front waits. */
async function padWith(padding: string, asked: RawExchange): Promise<void> {
  for (let sentMs = 0; sentMs < PADDED_MS; sentMs += PADDING_MS) {
    await asked.chunk(padding);
    await Bun.sleep(PADDING_MS);
  }
}
