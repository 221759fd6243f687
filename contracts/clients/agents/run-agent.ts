import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Agent, Ending, Start } from "./agent.ts";

/** How long an agent may go on. Several repeat a request for many minutes. */
export const LIMIT_SECONDS = 45;

/** No agent may report anything to anybody: what honours one of these does not even try. */
const QUIET = {
  DO_NOT_TRACK: "1",
  DISABLE_TELEMETRY: "1",
  DISABLE_ERROR_REPORTING: "1",
  OTEL_SDK_DISABLED: "true",
  NO_UPDATE_NOTIFIER: "1",
  NODE_USE_ENV_PROXY: "1",
  // Port 9 refuses at once, so that a request to any other host fails instead of waiting.
  HTTPS_PROXY: "http://127.0.0.1:9",
  NO_PROXY: "127.0.0.1,localhost",
};

/** Starts an agent in a new home, and waits for its end; undefined where the limit ended it. */
export async function runAgent(
  agent: Agent,
  installed: string,
  baseUrl: string,
  model: string,
): Promise<Ending | undefined> {
  const home = await mkdtemp(join(process.env["HOME"] ?? "/tmp", "agent-"));
  const workFolder = join(home, "work");
  await mkdir(workFolder);
  try {
    const start = await agent.prepare({ home, workFolder, baseUrl, model });
    return await spawnAgent(agent, installed, start, home, workFolder);
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function spawnAgent(
  agent: Agent,
  installed: string,
  { words, environment }: Start,
  home: string,
  workFolder: string,
): Promise<Ending | undefined> {
  const program = join(installed, agent.folder, "node_modules/.bin", agent.program);
  // `detached` gives it a process group of its own, which ends with all that it has started.
  const child = Bun.spawn([program, ...words], {
    cwd: workFolder,
    env: { PATH: pathWithNode(installed), HOME: home, ...QUIET, ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
  const output = Promise.all([child.stdout.text(), child.stderr.text()]);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endGroup(child.pid);
  }, LIMIT_SECONDS * 1000);
  const exitCode = await child.exited;
  clearTimeout(timer);
  // What it has started in the background would keep its output open.
  endGroup(child.pid);
  const [stdout, stderr] = await output;
  return isLate ? undefined : { events: eventsIn(stdout), stdout, stderr, exitCode };
}

/** Node 24 from the set's folder, for agents that refuse an older one. */
function pathWithNode(installed: string): string {
  return `${join(installed, "node/node_modules/.bin")}:${process.env["PATH"] ?? ""}`;
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing of it is left.
  }
}

function eventsIn(output: string): Record<string, unknown>[] {
  return output.split("\n").flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === "object" && value !== null ? [{ ...value }] : [];
    } catch {
      return [];
    }
  });
}
