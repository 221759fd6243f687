import { runToEnd, type ServerProcess, startClient } from "./processes.ts";
import { CHAT_PATH, requestBody, requestHeaders, type Workload } from "./workloads.ts";

/** By how much a server's memory grew, at most, during what `name` says. */
export interface Growth {
  name: string;
  bytes: number;
}

const HELD_STREAMS = 1000;
const WARM_UP: [workload: Workload, requests: number][] = [
  ["plain", 2000],
  ["events", 100],
];
const WATCH_MS = 6000;
const SAMPLE_MS = 100;
const OPENING_MS = 20_000;
const MB = 1_000_000;

/** The growth by streams that say nothing but comments, so that none is committed. */
export async function measureHeldStreams(
  server: ServerProcess,
  upstream: ServerProcess,
): Promise<Growth> {
  for (const [workload, requests] of WARM_UP) {
    await runToEnd(loadCommand(server, workload, requests, 50));
  }
  await Bun.sleep(1000);
  const before = server.memoryBytes();
  const client = startClient(loadCommand(server, "comments", HELD_STREAMS, HELD_STREAMS));
  try {
    await untilOpen(upstream, HELD_STREAMS);
    const bytes = (await watchPeak(server)) - before;
    return { name: `memory for ${HELD_STREAMS.toLocaleString("en")} held streams`, bytes };
  } finally {
    await client.stop();
    await untilOpen(upstream, 0);
  }
}

/** The growth by a client that reads nothing, in front of an upstream that floods. */
export async function measureStalledClient(
  server: ServerProcess,
  upstream: ServerProcess,
): Promise<Growth> {
  await Bun.sleep(1000);
  const before = server.memoryBytes();
  const client = await connectWithoutReading(server, "flood");
  const bytes = (await watchPeak(server)) - before;
  const { floodedBytes } = await askUpstream(upstream);
  client.terminate();
  if (floodedBytes === 0) throw new Error("The stalled client's request did not reach upstream.");
  const taken = (floodedBytes / MB).toFixed(1);
  return { name: `memory for a stalled client before a flood (${taken} MB were taken)`, bytes };
}

function loadCommand(
  server: ServerProcess,
  workload: Workload,
  requests: number,
  concurrency: number,
): string[] {
  const words = [server.url + CHAT_PATH, workload, String(requests), String(concurrency)];
  return [process.execPath, `${import.meta.dir}/load.ts`, ...words];
}

/** Sends a request by hand, and never reads what comes. */
function connectWithoutReading(server: ServerProcess, workload: Workload) {
  const { hostname, port, host } = new URL(server.url);
  const body = requestBody(workload);
  const fields = { host, ...requestHeaders(workload), "content-length": String(body.length) };
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

/** The most memory that a server has within some seconds, in bytes. */
async function watchPeak(server: ServerProcess): Promise<number> {
  let peak = 0;
  for (let waitedMs = 0; waitedMs < WATCH_MS; waitedMs += SAMPLE_MS) {
    await Bun.sleep(SAMPLE_MS);
    peak = Math.max(peak, server.memoryBytes());
  }
  return peak;
}

async function untilOpen(upstream: ServerProcess, streams: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < OPENING_MS; waitedMs += SAMPLE_MS) {
    if ((await askUpstream(upstream)).open === streams) return;
    await Bun.sleep(SAMPLE_MS);
  }
  throw new Error(`There were never ${streams} streams open at upstream.`);
}

async function askUpstream(
  upstream: ServerProcess,
): Promise<{ open: number; floodedBytes: number }> {
  const answer = await fetch(upstream.url);
  return JSON.parse(await answer.text());
}
