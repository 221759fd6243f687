import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ClientSet, Endpoint, SetClient } from "../client-set.ts";
import { AGENTS } from "./agents.ts";

/** Two of the agents refuse Node 20 and older. */
const NODE = { folder: "node", package: "node", version: "24.21.0" };

/** Several repeat a request for many minutes. */
const LIMIT_SECONDS = 60;

const ADVICE: Record<string, string> = {
  codex: "`request_max_retries = 0` in the provider's table: 6 requests for a 5xx in place of 30.",
  "codex-login":
    "A provider of its own with `requires_openai_auth = true` takes `request_max_retries = 0`, too.",
  "claude-code": "`CLAUDE_CODE_MAX_RETRIES=2`: 3 requests for a 429 or a 5xx.",
  pi: '`{"retry": {"enabled": false}}` in its `settings.json` for one request only.',
};

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
    ...(ADVICE[name] !== undefined && { advice: ADVICE[name] }),
  })) satisfies SetClient[],
  notes: `Codex CLI shows nothing of the body of a 429 but where its type is \`usage_limit_reached\`
(codex-rs/codex-api/src/api_bridge.rs), and then it never tries again. So a daily limit is told to it
by that type, and its user reads the cause after one request. A rate limit that is over soon is not:
it is tried again, and its user reads the status alone, where straight \`response.failed\` has told the
cause. A 5xx is tried five times by its transport (codex-client/src/retry.rs), and each of these six
times by its turn; nothing in an answer stops either, only its own settings do. It makes six requests
for a 402 on all ways, and six for a failure after text, whatever its word is.

Claude Code and Continue try a 429 and a 5xx until their time is over, as they do straight where
OpenRouter tells it by the status.`,
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
