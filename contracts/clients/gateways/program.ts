import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A program that listens on a port of 127.0.0.1. */
export interface Listening extends AsyncDisposable {
  address: string;
  pid: number;
}

/** What is started, and the path that it answers once it is ready. */
export interface Program {
  words: string[];
  port: number;
  readyPath: string;
  environment?: Record<string, string>;
  /** Whether it stays in the group of processes of whoever starts it, to end with them. */
  sharesGroup?: boolean;
}

/** LiteLLM needs a minute on a busy machine. */
const START_SECONDS = 240;

const LOOK_EVERY_MS = 250;

/** Starts a program in an empty home and waits until it answers; throws where it never does. */
export async function startProgram(program: Program): Promise<Listening> {
  const home = await mkdtemp(join(tmpdir(), "candor-gateway-"));
  const child = Bun.spawn(program.words, {
    cwd: home,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: home,
      DO_NOT_TRACK: "1",
      // Port 9 refuses at once: nothing may go to any other machine.
      HTTPS_PROXY: "http://127.0.0.1:9",
      NO_PROXY: "127.0.0.1,localhost",
      ...program.environment,
    },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
    detached: program.sharesGroup !== true,
  });
  const listening = {
    address: `http://127.0.0.1:${program.port}`,
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      if (program.sharesGroup !== true) endGroup(child.pid);
      await child.exited;
      await rm(home, { recursive: true, force: true });
    },
  };
  if (await answers(`${listening.address}${program.readyPath}`, child)) return listening;
  await listening[Symbol.asyncDispose]();
  throw new Error(`${program.words.join(" ")} did not answer within ${START_SECONDS} s.`);
}

/** A port of 127.0.0.1 that nothing listens on. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  listener.stop();
  return listener.port;
}

async function answers(url: string, child: Bun.Subprocess): Promise<boolean> {
  const end = performance.now() + START_SECONDS * 1000;
  while (performance.now() < end && child.exitCode === null) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer !== undefined) return true;
    await Bun.sleep(LOOK_EVERY_MS);
  }
  return false;
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
