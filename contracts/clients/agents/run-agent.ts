import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Agent, Ending, Task } from "./agent.ts";

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

/** Starts an agent that was installed into a folder, with an empty home, and waits for its end. */
export async function runAgent(
  agent: Agent,
  installed: string,
  { home, baseUrl, model }: Omit<Task, "workFolder">,
): Promise<Ending> {
  const workFolder = join(home, "work");
  await mkdir(workFolder);
  const { words, environment } = await agent.prepare({ home, workFolder, baseUrl, model });
  const program = join(installed, agent.folder, "node_modules/.bin", agent.program);
  // It stays in the group of processes that the matrix ends.
  const child = Bun.spawn([program, ...words], {
    cwd: workFolder,
    env: { PATH: pathWithNode(installed), HOME: home, ...QUIET, ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { events: eventsIn(stdout), stdout, stderr, exitCode: await child.exited };
}

/** Node 24 from the set's folder, for agents that refuse an older one. */
function pathWithNode(installed: string): string {
  return `${join(installed, "node/node_modules/.bin")}:${process.env["PATH"] ?? ""}`;
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
