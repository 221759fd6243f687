import { CHAT_PATH } from "./answers.ts";
import { BINARY, candorVersion } from "./candor-version.ts";
import { contenderOf } from "./peers/contender-of.ts";
import { GATEWAYS } from "./peers/gateways.ts";
import { type ServerProcess, startServer } from "./processes.ts";

/** Something between a client and upstream that is up, or, with no process of its own, upstream. */
export interface Target {
  chatUrl: string;
  /** Header fields that it asks for, beyond the usual ones. */
  headers: Record<string, string>;
  server?: ServerProcess;
}

/** Something that is measured. */
export interface Contender {
  /** By which `--contenders` chooses it. */
  id: string;
  name: string;
  /** How it is set up, for the report. */
  setUp: string;
  /** So slow that it has a single round, and only of what is quickly measured. */
  isSlow?: boolean;
  /** What installs it. */
  install: string;
  /** The words of its version; undefined where it is not installed. */
  version(): Promise<string | undefined>;
  start(upstream: ServerProcess): Promise<Target>;
}

const OPEN_STREAMS = "20000";
const OPEN_CONNECTIONS = "40000";

/** How Candor runs in every measurement. */
export function startCandor(
  upstream: Pick<ServerProcess, "url">,
  binary = BINARY,
  environment: Record<string, string> = {},
): Promise<ServerProcess> {
  return startServer([binary], {
    PORT: "0",
    OPENROUTER_API_KEY: "bench",
    OPENROUTER_BASE_URL: upstream.url,
    MAX_IN_FLIGHT: OPEN_STREAMS,
    MAX_UPSTREAM_REQUESTS: OPEN_STREAMS,
    MAX_CONNECTIONS: OPEN_CONNECTIONS,
    ...environment,
  });
}

/** How the bare pipe runs in every measurement. */
export function startBarePipe(upstream: ServerProcess): Promise<ServerProcess> {
  return startServer([process.execPath, `${import.meta.dir}/bare-pipe.ts`, upstream.url]);
}

/** All contenders; the first two are what the others are compared with. */
export const CONTENDERS: Contender[] = [
  {
    id: "direct",
    name: "direct",
    setUp: "the client asks the stand-in for upstream itself",
    install: "bun install",
    version: async () => `Bun ${Bun.version}`,
    start: async (upstream) => ({ chatUrl: `${upstream.url}/chat/completions`, headers: {} }),
  },
  {
    id: "bare",
    name: "bare pipe",
    setUp: "`Bun.serve` that returns the response of `fetch` untouched (`bench/bare-pipe.ts`)",
    install: "bun install",
    version: async () => `Bun ${Bun.version}`,
    start: async (upstream) => targetOf(await startBarePipe(upstream)),
  },
  {
    id: "floor",
    name: "floor",
    setUp: "plain `Bun.serve` that parses, aborts and logs, and does not judge (`bench/floor.ts`)",
    install: "bun install",
    version: async () => `Bun ${Bun.version}`,
    start: async (upstream) =>
      targetOf(await startServer([process.execPath, `${import.meta.dir}/floor.ts`, upstream.url])),
  },
  {
    id: "candor",
    name: "Candor",
    setUp: "the compiled binary; limits of open requests and connections raised",
    install: "bun run build",
    version: async () => candorVersion(),
    start: async (upstream) => targetOf(await startCandor(upstream)),
  },
  contenderOf("nginx", GATEWAYS.nginx),
  { ...contenderOf("fastapi", GATEWAYS.fastapi), isSlow: true },
  {
    ...contenderOf("portkey", GATEWAYS.portkey, { "x-portkey-forward-headers": "x-session-id" }),
    isSlow: true,
  },
];

/** A server that is asked at the usual path. */
export function targetOf(server: ServerProcess): Required<Target> {
  return { chatUrl: server.url + CHAT_PATH, headers: {}, server };
}
