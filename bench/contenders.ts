import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import manifest from "../package.json" with { type: "json" };
import { CHAT_PATH } from "./answers.ts";
import { startNginx } from "./competitors/nginx.ts";
import { freePort, type ServerProcess, startServer } from "./processes.ts";

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
  /** What installs it. */
  install: string;
  /** The words of its version; undefined where it is not installed. */
  version(): Promise<string | undefined>;
  start(upstream: ServerProcess): Promise<Target>;
}

const BINARY = new URL("../dist/candor", import.meta.url).pathname;
/** Where Portkey was installed: outside of this repository. */
const PORTKEY_FOLDER = process.env["PORTKEY_FOLDER"] ?? `${homedir()}/.cache/candor-bench`;
const PORTKEY = `${PORTKEY_FOLDER}/node_modules/@portkey-ai/gateway`;
const INSTALL_PORTKEY = [
  "mkdir -p ~/.cache/candor-bench",
  "cd ~/.cache/candor-bench",
  `echo '{"overrides":{"@hono/node-server":"1.13.5"}}' > package.json`,
  "npm install @portkey-ai/gateway@1.15.2",
].join(" && ");
/** Debian's, which has what `apt-get` installed. */
const PYTHON = "/usr/bin/python3";
const OPEN_STREAMS = "20000";
const OPEN_CONNECTIONS = "40000";

const Manifest = Type.Object({ version: Type.String() });

/** How Candor runs in every measurement. */
export function startCandor(upstream: ServerProcess, binary = BINARY): Promise<ServerProcess> {
  return startServer([binary], {
    PORT: "0",
    OPENROUTER_API_KEY: "bench",
    OPENROUTER_BASE_URL: upstream.url,
    MAX_IN_FLIGHT: OPEN_STREAMS,
    MAX_UPSTREAM_REQUESTS: OPEN_STREAMS,
    MAX_CONNECTIONS: OPEN_CONNECTIONS,
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
    version: candorVersion,
    start: async (upstream) => targetOf(await startCandor(upstream)),
  },
  {
    id: "nginx",
    name: "nginx",
    setUp: "a plain proxy: one worker, no buffering, connections to upstream kept alive",
    install: "apt-get install nginx-light",
    version: () => versionOf(["nginx", "-v"], /nginx\/(\S+)/),
    start: async (upstream) => targetOf(await startNginx(upstream.url)),
  },
  {
    id: "fastapi",
    name: "FastAPI + httpx",
    setUp: "Debian's packages; peeks at the first event (`bench/competitors/fastapi_proxy.py`)",
    install: "apt-get install python3-fastapi python3-httpx uvicorn",
    version: fastapiVersion,
    start: startFastapi,
  },
  {
    id: "portkey",
    name: "Portkey",
    setUp:
      "`@portkey-ai/gateway`, provider `openrouter`, upstream as its custom host; with the " +
      "`@hono/node-server` that its repository locks (with 1.19.19 every stream is a 500)",
    install: INSTALL_PORTKEY,
    version: portkeyVersion,
    start: startPortkey,
  },
];

/** A server that is asked at the usual path. */
export function targetOf(
  server: ServerProcess,
  headers: Record<string, string> = {},
): Required<Target> {
  return { chatUrl: server.url + CHAT_PATH, headers, server };
}

async function candorVersion(): Promise<string | undefined> {
  if (!existsSync(BINARY)) return undefined;
  const revision = await versionOf(["git", "describe", "--always", "--dirty"], /(\S+)/);
  return [manifest.version, revision ?? "no revision"].join(", ");
}

function fastapiVersion(): Promise<string | undefined> {
  const script = [
    "from importlib.metadata import version",
    "print(', '.join(f'{name} {version(name)}' for name in ('fastapi', 'httpx', 'uvicorn')))",
  ];
  return versionOf([PYTHON, "-c", script.join("\n")], /(fastapi .+)/);
}

async function portkeyVersion(): Promise<string | undefined> {
  const file = Bun.file(`${PORTKEY}/package.json`);
  if (!(await file.exists())) return undefined;
  const { version } = Value.Parse(Manifest, await file.json());
  return [version, "Node", await versionOf(["node", "--version"], /(\S+)/)].join(" ");
}

async function startFastapi(upstream: ServerProcess): Promise<Target> {
  const port = String(await freePort());
  const command = [PYTHON, `${import.meta.dir}/competitors/fastapi_proxy.py`, upstream.url, port];
  return targetOf(await startServer(command, {}, `http://127.0.0.1:${port}`));
}

async function startPortkey(upstream: ServerProcess): Promise<Target> {
  const port = String(await freePort());
  const command = ["node", `${PORTKEY}/build/start-server.js`, `--port=${port}`, "--headless"];
  const server = await startServer(command, {}, `http://127.0.0.1:${port}`);
  return targetOf(server, {
    "x-portkey-provider": "openrouter",
    "x-portkey-custom-host": upstream.url,
    "x-portkey-forward-headers": "x-session-id",
  });
}

/** What a program says about its version, or undefined where it is not there. */
async function versionOf(command: string[], pattern: RegExp): Promise<string | undefined> {
  const [program = ""] = command;
  if (Bun.which(program) === null) return undefined;
  const { success, stdout, stderr } = Bun.spawnSync(command, { cwd: import.meta.dir });
  return success ? pattern.exec(`${stdout}${stderr}`)?.[1] : undefined;
}
