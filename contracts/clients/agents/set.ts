import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ClientSet, Endpoint, SetClient } from "../client-set.ts";
import { AGENTS } from "./agents.ts";

/** Two of the agents refuse Node 20 and older. */
const NODE = { folder: "node", package: "node", version: "24.21.0" };

/** Several repeat a request for many minutes. */
const LIMIT_SECONDS = 60;

const MAIN = join(import.meta.dir, "main.ts");

/** Coding agents, started without a terminal, each with a new home for every run. */
export const set: ClientSet = {
  name: "agents",
  toolchain: {
    program: "bun",
    missing: "The agents are installed with Bun: https://bun.sh has it.",
  },
  async install(folder) {
    for (const one of [NODE, ...Object.values(AGENTS)]) await installPackage(folder, one);
  },
  clients: Object.entries(AGENTS).map(([name, { version }]) => ({
    name,
    version,
    endpoint: endpointOf(name),
    kinds: ["stream"],
    // Where an agent takes OpenRouter's own URL, people replace only the host in it.
    paths: ["/v1", "/api/v1"],
    command: (folder) => ["bun", MAIN, folder, name],
    limitSeconds: LIMIT_SECONDS,
  })) satisfies SetClient[],
  notes: `Codex CLI shows the body of no 429: by Candor its user reads the status in place of the cause, which
straight stands in \`response.failed\`. It tries as often on both ways. After text it tries five more
times whatever the word is; Claude Code tries until its time is over.`,
};

function endpointOf(name: string): Endpoint {
  if (name === "claude-code") return "messages";
  return name.startsWith("codex") ? "responses" : "chat";
}

interface Pinned {
  folder: string;
  package: string;
  version: string;
}

/** Each agent has a folder of its own: their dependencies contradict one another. */
async function installPackage(root: string, pinned: Pinned): Promise<void> {
  const folder = join(root, pinned.folder);
  const manifest = join(folder, "package.json");
  const wanted = JSON.stringify({
    private: true,
    dependencies: { [pinned.package]: pinned.version },
    // Some put their program in place in a script of their own.
    trustedDependencies: [pinned.package],
  });
  const done = join(folder, "installed");
  if ((await textOf(done)) === wanted) return;
  await mkdir(folder, { recursive: true });
  await Bun.write(manifest, wanted);
  const { exitCode, stderr } = Bun.spawnSync(["bun", "install", "--silent"], { cwd: folder });
  if (exitCode !== 0) throw new Error(`${pinned.package} cannot be installed: ${stderr}`);
  await Bun.write(done, wanted);
}

async function textOf(path: string): Promise<string> {
  const file = Bun.file(path);
  return (await file.exists()) ? file.text() : "";
}
