import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BINARY } from "../candor-version.ts";
import { startServer } from "../processes.ts";
import { type Clients, prepareClients } from "./clients.ts";

/** What was measured at one distance; milliseconds up to the first token. */
export interface DistanceResult {
  roundTripMs: number;
  cold: ClientTimes[];
  warm: Times;
  /** How many connections Candor opened to upstream, and for how many requests. */
  connections: number;
  requests: number;
}

/** A client's times without Candor and through it. */
export interface Times {
  straightMs: number[];
  throughCandorMs: number[];
}

export interface ClientTimes extends Times {
  client: string;
}

/** How often each client asks, each way. */
export interface Turns {
  cold: number;
  warm: number;
}

/** An upstream that is as far away as is wished. */
interface FarUpstream {
  certificate: string;
  controlUrl: string;
}

/** TCP, TLS 1.3 and one to spare: so many round trips until a connection is surely open. */
const ROUND_TRIPS_TO_OPEN = 3;
const SETTLE_MS = 500;

const UPSTREAM = `${import.meta.dir}/far-upstream.ts`;

/** Measures at each of these round trips, one after the other. */
export async function measureDistances(
  roundTrips: number[],
  turns: Turns,
): Promise<DistanceResult[]> {
  const folder = await mkdtemp(join(tmpdir(), "candor-distance-"));
  const certificate = join(folder, "authority.pem");
  const upstream = await startServer([process.execPath, UPSTREAM, certificate]);
  try {
    const clients = await prepareClients(folder, certificate);
    const far = { certificate, controlUrl: upstream.url };
    const measured: DistanceResult[] = [];
    for (const roundTripMs of roundTrips) {
      console.log(`measuring at ${roundTripMs} ms`);
      measured.push(await measureDistance(roundTripMs, far, clients, turns));
    }
    return measured;
  } finally {
    await upstream.stop();
    await rm(folder, { recursive: true });
  }
}

/** Lets all clients ask by turns, so that a slow minute of the machine hits both ways alike. */
async function measureDistance(
  roundTripMs: number,
  far: FarUpstream,
  clients: Clients,
  turns: Turns,
): Promise<DistanceResult> {
  const port = await ask(far, `open/${roundTripMs}`);
  const candorPort = await ask(far, `open/${roundTripMs}`);
  const candor = await startServer([BINARY], {
    PORT: "0",
    OPENROUTER_API_KEY: "bench",
    OPENROUTER_BASE_URL: `https://127.0.0.1:${candorPort}/api/v1`,
    NODE_EXTRA_CA_CERTS: far.certificate,
  });
  try {
    await Bun.sleep(ROUND_TRIPS_TO_OPEN * roundTripMs + SETTLE_MS);
    const straightUrl = `https://127.0.0.1:${port}/api/v1`;
    const candorUrl = `${candor.url}/v1`;
    const cold = await measureCold(clients, straightUrl, candorUrl, turns.cold);
    // The first turn opens the connections.
    const warm = await clients.runWarm([straightUrl, candorUrl], turns.warm + 1);
    const [straightMs = [], throughCandorMs = []] = [0, 1].map((way) =>
      warm.slice(1).map((turn) => turn[way] ?? Number.NaN),
    );
    return {
      roundTripMs,
      cold,
      warm: { straightMs, throughCandorMs },
      connections: await ask(far, `connections/${candorPort}`),
      requests: cold.length * turns.cold + turns.warm + 1,
    };
  } finally {
    await candor.stop();
  }
}

async function measureCold(
  { cold }: Clients,
  straightUrl: string,
  candorUrl: string,
  turns: number,
): Promise<ClientTimes[]> {
  const times = cold.map(({ name }): ClientTimes => {
    return { client: name, straightMs: [], throughCandorMs: [] };
  });
  for (let turn = 0; turn < turns; turn++) {
    for (const [index, { firstTokenMs }] of cold.entries()) {
      times[index]?.straightMs.push(await firstTokenMs(straightUrl));
      times[index]?.throughCandorMs.push(await firstTokenMs(candorUrl));
    }
  }
  return times;
}

async function ask({ controlUrl }: FarUpstream, wish: string): Promise<number> {
  return Number(await (await fetch(`${controlUrl}/${wish}`)).text());
}
