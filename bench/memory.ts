import { type Answer, CHAT_PATH, requestBody, requestHeaders } from "./answers.ts";
import type { Target } from "./contenders.ts";
import type { LoadResult, Pace } from "./load.ts";
import { runLoad } from "./load-run.ts";
import type { ServerProcess } from "./processes.ts";

/** What streams are opened, and how long the server is watched with all of them open. */
export interface KeptStreamsOptions {
  answer: Answer;
  streams: number;
  pace: Pace;
  watchMs: number;
}

/** By how much a server's memory grew at most, in bytes, while so many streams were open. */
export interface KeptStreamsResult {
  bytes: number;
  streams: number;
  load: LoadResult;
}

/** By how much a server's memory grew, at most, and how much of the flood upstream got rid of. */
export interface StalledResult {
  bytes: number;
  takenBytes: number;
}

const WARM_UP: [answer: Answer, requests: number][] = [
  ["plain", 2000],
  ["events", 100],
];
/** A slow server does less of it. */
const WARM_UP_LIMITS = { concurrency: 50, seconds: 2 };
const REST_MS = 1000;
const SAMPLE_MS = 100;
const STALL_WATCH_MS = 6000;
const OPENING_MS = 60_000;
const ENDING_MS = 30_000;
const RELEASE_MS = 500;

/** The growth by streams that upstream keeps open, until it is told to end them. */
export async function measureKeptStreams(
  target: Required<Target>,
  upstream: ServerProcess,
  { answer, streams, pace, watchMs }: KeptStreamsOptions,
): Promise<KeptStreamsResult> {
  for (const [warmUp, requests] of WARM_UP) {
    await runLoad(target, [warmUp], { ...WARM_UP_LIMITS, requests });
  }
  await Bun.sleep(REST_MS);
  const before = target.server.memoryBytes();
  const client = runLoad(target, [answer], pace, OPENING_MS + watchMs + ENDING_MS);
  // Whoever waits for it below is told of its failure.
  client.catch(() => {});
  try {
    const open = await mostOpen(upstream, streams);
    const bytes = (await watchPeak(target.server, watchMs)) - before;
    return { bytes, streams: open, load: await releaseUntil(client, upstream) };
  } finally {
    await releaseUntil(client, upstream);
  }
}

/** Ends the streams that upstream keeps, those too that reach it late. */
async function releaseUntil<T>(done: Promise<T>, upstream: ServerProcess): Promise<T> {
  const timer = setInterval(() => void fetch(`${upstream.url}/release`), RELEASE_MS);
  try {
    return await done;
  } finally {
    clearInterval(timer);
  }
}

/** The growth by a client that reads nothing, in front of an upstream that floods. */
export async function measureStalledClient(
  server: ServerProcess,
  upstream: ServerProcess,
): Promise<StalledResult> {
  await Bun.sleep(REST_MS);
  const before = server.memoryBytes();
  const client = await connectWithoutReading(server, "flood");
  const bytes = (await watchPeak(server, STALL_WATCH_MS)) - before;
  const { floodedBytes } = await askUpstream(upstream);
  client.terminate();
  if (floodedBytes === 0) throw new Error("The stalled client's request did not reach upstream.");
  return { bytes, takenBytes: floodedBytes };
}

/** Sends a request by hand, and never reads what comes. */
function connectWithoutReading(server: ServerProcess, answer: Answer) {
  const { hostname, port, host } = new URL(server.url);
  const body = requestBody(answer);
  const fields = { host, ...requestHeaders(answer), "content-length": String(body.length) };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  const request = [`POST ${CHAT_PATH} HTTP/1.1`, ...lines, "", body].join("\r\n");
  return Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      open(socket) {
        socket.pause();
        socket.write(request);
      },
      data() {},
    },
  });
}

/** The most memory that a server has within some time, in bytes. */
async function watchPeak(server: ServerProcess, watchMs: number): Promise<number> {
  let peak = 0;
  for (let waitedMs = 0; waitedMs < watchMs; waitedMs += SAMPLE_MS) {
    await Bun.sleep(SAMPLE_MS);
    peak = Math.max(peak, server.memoryBytes());
  }
  return peak;
}

/** How many streams are open at upstream: as many as there should be, or the most there were. */
async function mostOpen(upstream: ServerProcess, streams: number): Promise<number> {
  let most = 0;
  for (let waitedMs = 0; waitedMs < OPENING_MS && most < streams; waitedMs += SAMPLE_MS) {
    await Bun.sleep(SAMPLE_MS);
    most = Math.max(most, (await askUpstream(upstream)).open);
  }
  return most;
}

async function askUpstream(
  upstream: ServerProcess,
): Promise<{ open: number; floodedBytes: number }> {
  const answer = await fetch(upstream.url);
  return JSON.parse(await answer.text());
}
