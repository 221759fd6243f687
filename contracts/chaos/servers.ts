import { buildBinary } from "../harness/candor-binary.ts";
import { KEY, LIMITS } from "./exchange.ts";
import { startWatched, type WatchedProcess } from "../../bench/watched-process.ts";

const BINARY = new URL("../../dist/candor", import.meta.url).pathname;

/** The proxy, and the upstream behind it. */
export interface Servers extends AsyncDisposable {
  candor: WatchedProcess;
  upstream: WatchedProcess;
}

/** Who reads the lines that the servers print. */
export interface Readers {
  readLogLine: (line: string) => void;
  readUpstreamLine: (line: string) => void;
}

/** Starts both on free ports; `limits` are the proxy's settings. Builds the program where it is old. */
export async function startServers(
  { readLogLine, readUpstreamLine }: Readers,
  limits: Record<string, number> = LIMITS,
): Promise<Servers> {
  await buildBinary();
  const upstreamCommand = [process.execPath, `${import.meta.dir}/upstream.ts`];
  const upstream = await startWatched(upstreamCommand, {}, readUpstreamLine);
  const settings = Object.entries(limits).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
    String(value),
  ]);
  const environment = {
    ...Object.fromEntries(settings),
    PORT: "0",
    LOG_FORMAT: "json",
    OPENROUTER_API_KEY: KEY,
    OPENROUTER_BASE_URL: upstream.url,
  };
  const candor = await startWatched([BINARY], environment, readLogLine);
  return {
    candor,
    upstream,
    async [Symbol.asyncDispose]() {
      await candor[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}
