import { BINARY } from "../candor-version.ts";
import type { Contender, Target } from "../contenders.ts";
import { gradeGateway } from "../../contracts/clients/gateways/grade.ts";
import { freePort } from "../../contracts/clients/gateways/program.ts";
import { runCosted } from "../load-cost.ts";
import { type ServerProcess, startServer } from "../processes.ts";
import { type Spread, spreadOf } from "../statistics.ts";

/** How long each peer is asked, and how often. */
export interface PeerLoad {
  seconds: number;
  rounds: number;
}

/** What a peer cost, and how much of the truth came through it. */
export interface PeerResult {
  id: string;
  name: string;
  setUp: string;
  /** Undefined where it is not installed: then nothing was measured. */
  version?: string;
  plain?: Cost;
  streams?: Cost;
  truth?: { passed: number; total: number };
  /** Why a part could not be measured. */
  trouble?: string;
}

/** What requests of one kind cost. */
export interface Cost {
  /** Processor time of all of its processes, in seconds for 1,000 requests, over the rounds. */
  cpu: Spread;
  requests: number;
  /** Answers with another text, or none. */
  wrong: number;
}

const UPSTREAM = new URL("../upstream.ts", import.meta.url).pathname;
const CONCURRENCY = 16;
const WARM_UP_SECONDS = 2;

/** Starts a peer once, lets it work, then exchanges the upstream behind it and grades it. */
export async function measurePeer(peer: Contender, load: PeerLoad): Promise<PeerResult> {
  const { id, name, setUp } = peer;
  const version = await peer.version();
  if (version === undefined) return { id, name, setUp };
  const result: PeerResult = { id, name, setUp, version };
  try {
    await withPeer(peer, async (target, port, upstream) => {
      if (target.server !== undefined) {
        result.plain = await costOf(target, "plain", load);
        result.streams = await costOf(target, "burst", load);
      }
      await vacate(upstream);
      result.truth = await gradePeer(target, port);
    });
  } catch (error) {
    result.trouble = error instanceof Error ? error.message : String(error);
  }
  return result;
}

/** Runs a peer in front of the bench's upstream, which listens on this port. */
export async function withPeer(
  peer: Contender,
  use: (target: Target, port: number, upstream: ServerProcess) => Promise<void>,
): Promise<void> {
  const port = freePort();
  const upstream = await startServer([process.execPath, UPSTREAM, String(port)]);
  try {
    const target = await peer.start(upstream);
    await use(target, port, upstream).finally(() => target.server?.stop());
  } finally {
    await upstream.stop();
  }
}

/** How long a peer may take to notice that the connections which it had kept are closed. */
const NOTICE_MS = 1000;

/** Stops the upstream, so that another one takes its port. */
export async function vacate(upstream: ServerProcess): Promise<void> {
  await upstream.stop();
  await Bun.sleep(NOTICE_MS);
}

/** The address that an SDK takes for a peer. */
export function baseUrlOf({ chatUrl }: Target): string {
  return chatUrl.replace(/\/chat\/completions$/, "");
}

async function gradePeer(target: Target, simulatorPort: number) {
  const gateway = { url: baseUrlOf(target), headers: target.headers };
  const { passed, total } = await gradeGateway(BINARY, gateway, simulatorPort);
  return { passed, total };
}

async function costOf(
  target: Target,
  answer: "plain" | "burst",
  { seconds, rounds }: PeerLoad,
): Promise<Cost> {
  await runCosted(target, [answer], { concurrency: CONCURRENCY, seconds: WARM_UP_SECONDS });
  const costs: number[] = [];
  let requests = 0;
  let wrong = 0;
  for (let round = 0; round < rounds; round++) {
    const seen = await runCosted(target, [answer], { concurrency: CONCURRENCY, seconds });
    costs.push(seen.cpuMs / seen.requests);
    requests += seen.requests;
    wrong += seen.errors;
  }
  return { cpu: spreadOf(costs), requests, wrong };
}
