import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import {
  buildBinary,
  type CandorBinary,
  runBinary,
  startBinary,
} from "../harness/candor-binary.ts";
import { PLAIN, postTo, beginStream, HELLO } from "../harness/raw-proxy.ts";
import { type RawUpstream, startRawUpstream } from "../harness/raw-upstream.ts";
import { ANSWER, DONE, FINISH } from "../harness/stream-events.ts";
import { untilRefused } from "../harness/raw-client.ts";

setDefaultTimeout(30_000);

beforeAll(buildBinary, 60_000);

test("/metrics and the page are one for all workers, wherever they are asked", async () => {
  using upstream = startRawUpstream();
  await using candor = await startWorkers(upstream);
  for (let count = 0; count < 12; count += 1) await answerOne(candor, upstream);
  for (let count = 0; count < 8; count += 1) {
    const metrics = await metricsUpTo(candor, /^candor_exchanges_total\{.* 12$/m);
    expect(metrics).toContain('candor_open_exchanges{state="relaying"} 0');
  }
  const page = await Bun.fetch(candor.url, { keepalive: false });
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(await page.text()).toStartWith("<!doctype html>");
  const feed = await Bun.fetch(`${candor.url}/page/feed`);
  const { value } = (await feed.body?.getReader().read()) ?? {};
  const hello: unknown = JSON.parse(new TextDecoder().decode(value));
  expect(hello).toMatchObject({ kind: "hello", recent: { length: 12 } });
});

test("an exchange that is open in one worker is seen as open by all", async () => {
  using upstream = startRawUpstream();
  await using candor = await startWorkers(upstream);
  const { asked, reader } = await beginStream(candor.url, upstream);
  await metricsUpTo(candor, /^candor_open_exchanges\{state="relaying"\} 1$/m);
  await asked.chunk(FINISH + DONE);
  await asked.finish();
  expect(await reader.readAll()).toBe(HELLO + FINISH + DONE);
  await metricsUpTo(candor, /^candor_open_exchanges\{state="relaying"\} 0$/m);
});

test("the page saves an exchange as a recording, whichever worker had it", async () => {
  using upstream = startRawUpstream();
  await using candor = await startWorkers(upstream, { CAPTURE: "captured" });
  for (let count = 0; count < 6; count += 1) await answerOne(candor, upstream);
  await metricsUpTo(candor, /^candor_exchanges_total\{.* 6$/m);
  const feed = await Bun.fetch(`${candor.url}/page/feed`);
  const { value } = (await feed.body?.getReader().read()) ?? {};
  const hello: { recent: { n: number }[]; features: { hasCapture: boolean } } = JSON.parse(
    new TextDecoder().decode(value),
  );
  expect(hello.features.hasCapture).toBe(true);
  const saved = new Set<string>();
  for (const { n } of hello.recent) {
    const { status, path } = await saveOnPage(candor, n);
    expect(status).toBe(200);
    const { response } = await Bun.file(`/proc/${candor.pid}/cwd/${path}`).json();
    expect(response).toMatchObject({ status: 200, chunks: [{ text: ANSWER }] });
    saved.add(path);
  }
  expect(saved.size).toBe(6);
  expect((await saveOnPage(candor, 999)).status).toBe(404);
  for (const worker of workersOf(candor)) process.kill(worker, "SIGKILL");
  await lineWith(candor, ") listens");
  expect((await saveOnPage(candor, hello.recent[0]?.n ?? 0)).status).toBe(404);
});

test.each([
  ["SIGTERM", "with exit code 0"],
  ["SIGKILL", "by SIGKILL"],
  ["SIGABRT", "by SIGABRT"],
] as const)("a worker that ends at %s is replaced, and all is served", async (signal, how) => {
  using upstream = startRawUpstream();
  await using candor = await startWorkers(upstream);
  const [first, second] = workersOf(candor);
  if (first === undefined) throw new Error("There is no worker.");
  process.kill(first, signal);
  const line = await lineWith(candor, ") ended ");
  expect(line).toMatchObject({ level: "error" });
  expect(line.message).toContain(`(process ${first}) ended ${how}; another one starts in 100 ms`);
  await lineWith(candor, ") listens");
  const workers = workersOf(candor);
  expect(workers).toHaveLength(2);
  expect(workers).toContain(Number(second));
  for (let count = 0; count < 8; count += 1) await answerOne(candor, upstream);
});

test("what was open in a worker that died is told of in the log and the metrics", async () => {
  using upstream = startRawUpstream();
  await using candor = await startWorkers(upstream);
  const { asked, reader } = await beginStream(candor.url, upstream);
  await metricsUpTo(candor, /^candor_open_exchanges\{state="relaying"\} 1$/m);
  for (const worker of workersOf(candor)) process.kill(worker, "SIGKILL");
  await reader.readToBreak();
  await asked.closed;
  expect(await lineWith(candor, "worker-died")).toMatchObject({
    level: "error",
    outcome: "bug",
    cause: "the worker ended by SIGKILL",
  });
  await lineWith(candor, ") listens");
  await metricsUpTo(candor, /^candor_exchanges_total\{.*outcome="bug",rule="worker-died"\} 1$/m);
});

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "%s drains all workers: open answers finish, and none is left",
  async (signal) => {
    using upstream = startRawUpstream();
    await using candor = await startWorkers(upstream);
    const open = [];
    for (let count = 0; count < 6; count += 1) open.push(await beginStream(candor.url, upstream));
    const workers = workersOf(candor);
    candor.signal(signal);
    await candor.outputUpTo("draining");
    await untilRefused(candor.url);
    for (const { asked, reader } of open) {
      await asked.chunk(FINISH + DONE);
      await asked.finish();
      expect(await reader.readAll()).toBe(HELLO + FINISH + DONE);
    }
    expect(await candor.exited).toBe(0);
    expect(candor.output().match(/"outcome":"relayed"/g)).toHaveLength(6);
    expect(candor.output().match(/draining/g)).toHaveLength(1);
    for (const worker of workers) expect(() => process.kill(worker, 0)).toThrow("ESRCH");
  },
);

test("a signal that comes more than a second after the first ends all workers at once", async () => {
  using upstream = startRawUpstream();
  await using candor = await startWorkers(upstream);
  const { asked } = await beginStream(candor.url, upstream);
  const again = setInterval(() => candor.signal("SIGTERM"), 100);
  const code = await candor.exited;
  clearInterval(again);
  expect(code).toBe(1);
  await asked.closed;
});

test("workers whose parent was killed finish what is open, and free the port", async () => {
  using upstream = startRawUpstream();
  await using candor = await startWorkers(upstream);
  const { asked, reader } = await beginStream(candor.url, upstream);
  candor.signal("SIGKILL");
  await untilRefused(candor.url);
  await asked.chunk(FINISH + DONE);
  await asked.finish();
  expect(await reader.readAll()).toBe(HELLO + FINISH + DONE);
  // Their standard error is this process's pipe: it is closed when the last one is gone.
  await candor.exited;
});

test("a port that is taken stops the start, though workers share theirs", async () => {
  using upstream = startRawUpstream();
  await using candor = await startWorkers(upstream);
  const { port } = new URL(candor.url);
  for (const workers of ["1", "2"]) {
    const { code, output } = await runBinary({ flags: ["--port", port, "--workers", workers] });
    expect(code).toBe(2);
    expect(output).toMatch(new RegExp(`^candor: .*\\b${port}\\b.*the port is taken; stop .*\n$`));
  }
});

test("more workers than there is memory for stop the start with both numbers", async () => {
  const { code, output } = await runBinary({
    flags: ["--workers", "4", "--memory-limit-mb", "300"],
  });
  expect(code).toBe(2);
  expect(output).toContain("each needs 128 MB; have 512 MB or at most 2 workers");
});

test("a limit holds for all workers together: each has its share", async () => {
  using upstream = startRawUpstream();
  await using candor = await startWorkers(upstream, { MAX_IN_FLIGHT: "2" });
  const asking = Array.from({ length: 3 }, () => postTo(candor.url, PLAIN));
  const first = await Promise.race(asking);
  expect(first.status).toBe(503);
  candor.signal("SIGTERM");
});

function startWorkers(upstream: RawUpstream, environment: Record<string, string> = {}) {
  return startBinary({
    environment: { OPENROUTER_BASE_URL: upstream.url, ...environment },
    flags: ["--workers", "2"],
  });
}

/** The process ids of the workers, from what Linux tells. */
function workersOf({ pid }: CandorBinary): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.trim().split(" ").map(Number);
}

/** Asks for a recording as the page's button does. */
async function saveOnPage({ url }: CandorBinary, n: number) {
  const response = await Bun.fetch(`${url}/page/capture/${n}`, {
    method: "POST",
    headers: { "x-candor-page": "1" },
    keepalive: false,
  });
  const { path = "" }: { path?: string } = JSON.parse(await response.text());
  return { status: response.status, path };
}

/** On a connection of its own, so that any worker may get it. */
async function answerOne(candor: CandorBinary, upstream: RawUpstream): Promise<void> {
  const answer = postTo(candor.url, PLAIN, { headers: { connection: "close" } });
  await (await upstream.next()).json(ANSWER);
  expect((await answer).status).toBe(200);
  expect(await (await answer).text()).toBe(ANSWER);
}

/** The metrics, once they say so: workers tell their parent ten times a second. */
async function metricsUpTo({ url }: CandorBinary, wanted: RegExp): Promise<string> {
  for (;;) {
    const text = await (await Bun.fetch(`${url}/metrics`, { keepalive: false })).text();
    if (wanted.test(text)) return text;
  }
}

async function lineWith(candor: CandorBinary, part: string) {
  const output = await candor.outputUpTo(part);
  const line = output.split("\n").find((one) => one.includes(part)) ?? "";
  const parsed: { message?: string } = JSON.parse(line);
  return parsed;
}
