import { beforeAll, expect, test } from "bun:test";
import { buildBinary, startBinary } from "../harness/candor-binary.ts";
import { PLAIN, postTo, STREAM } from "../harness/raw-proxy.ts";
import { canHandOver } from "../../src/server/workers/handover.ts";
import { ANSWER, DONE, FINISH, textEvent } from "../harness/stream-events.ts";

beforeAll(buildBinary, 60_000);

const RESTARTS = 10;
const CLIENTS = 8;

/** A stream lasts longer than old workers go on to listen. */
const EVENTS = 12;
const EVENT_MS = 100;
const WHOLE_STREAM = textEvent("Hello").repeat(EVENTS) + FINISH + DONE;

test("ten restarts of the workers under load lose no request and cut no stream", async () => {
  await using upstream = startBusyUpstream();
  await using candor = await startBinary({
    environment: { OPENROUTER_BASE_URL: upstream.url, LOG_LEVEL: "info" },
    flags: ["--workers", "2"],
  });
  const load = startLoad(candor.url);
  for (let restart = 1; restart <= RESTARTS; restart += 1) {
    candor.signal("SIGUSR2");
    await candor.outputUpTo(`restart ${restart} of the workers: 2 new ones listen`);
  }
  const { answers, problems, resets } = await load.end();
  candor.signal("SIGTERM");
  expect(await candor.exited).toBe(0);
  expect(problems).toEqual([]);
  expect(answers).toBeGreaterThan(RESTARTS * CLIENTS);
  expect(candor.output()).not.toMatch(/"rule":"(shutdown|worker-died)"/);
  // Without net.ipv4.tcp_migrate_req the kernel resets connections that no worker has taken yet.
  expect(upstream.count()).toBe(answers);
  expect(resets).toBeLessThan((await canHandOver()) ? 1 : RESTARTS);
}, 60_000);

/** An upstream that answers by itself. */
function startBusyUpstream() {
  let count = 0;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      count += 1;
      if (!(await request.text()).includes('"stream":true')) {
        return new Response(ANSWER, { headers: { "content-type": "application/json" } });
      }
      return new Response(events(), { headers: { "content-type": "text/event-stream" } });
    },
  });
  return {
    url: `${server.url.origin}/api/v1`,
    count: () => count,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

async function* events() {
  for (let event = 0; event < EVENTS; event += 1) {
    yield textEvent("Hello");
    // The pace of a model, not a wait for something.
    await Bun.sleep(EVENT_MS);
  }
  yield FINISH + DONE;
}

/** Clients that ask one request behind the other: on kept connections and new ones, plain and streams. */
function startLoad(url: string) {
  const problems: string[] = [];
  let answers = 0;
  let resets = 0;
  const over = new AbortController();

  async function ask(isStream: boolean, isNew: boolean): Promise<void> {
    let response: Response;
    try {
      response = await postTo(url, isStream ? STREAM : PLAIN, { keepalive: !isNew });
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : error;
      if (code === "ECONNRESET") resets += 1;
      else problems.push(`no answer: ${String(code)}`);
      return;
    }
    const text = await response.text().catch((error: unknown) => `cut: ${String(error)}`);
    const isWhole = text === (isStream ? WHOLE_STREAM : ANSWER);
    if (response.status === 200 && isWhole) answers += 1;
    else problems.push(`${response.status} ${text.slice(0, 200)}`);
  }
  async function run(client: number): Promise<void> {
    while (!over.signal.aborted) await ask(client % 4 === 0, client % 2 === 1);
  }
  const clients = Array.from({ length: CLIENTS }, (_, client) => run(client));
  return {
    async end() {
      over.abort();
      await Promise.all(clients);
      return { answers, problems, resets };
    },
  };
}
