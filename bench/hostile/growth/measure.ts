import { readFileSync, writeFileSync } from "node:fs";
import { startWatched, type WatchedProcess } from "../../watched-process.ts";
import type { Payload } from "./payload.ts";

/** What one attack of one size came to. */
export interface Figures {
  status: string;
  /** The processor time of Candor meanwhile. */
  cpuMs: number;
  /** The most resident memory that Candor had, in bytes. */
  peakBytes: number;
  /** The longest and the middle wait of an innocent client meanwhile. */
  longestWaitMs: number;
  medianWaitMs: number;
}

/** A Candor in front of a hostile process. */
export interface Arena extends AsyncDisposable {
  attack(payload: Payload, size: number): Promise<Figures>;
}

const ATTACKER = new URL("attacker.ts", import.meta.url).pathname;
const HONEST = JSON.stringify({ messages: [{ role: "user", content: "Hello" }] });

/** Between two requests of the innocent client. */
const PAUSE_MS = 5;

/** Starts a Candor, by a command, and who attacks it. */
export async function startArena(command: string[]): Promise<Arena> {
  const attacker = Bun.spawn(["bun", ATTACKER], { stdout: "pipe", stderr: "inherit" });
  const [control = "", upstream = ""] = (await firstLine(attacker.stdout)).split(" ");
  const settings = { PORT: "0", OPENROUTER_API_KEY: "made-up" };
  const candor = await startWatched(
    command,
    { ...settings, OPENROUTER_BASE_URL: upstream },
    () => {},
  );
  for (let asked = 0; asked < 200; asked++) await askHonestly(candor.url);
  return {
    attack: (payload, size) => attack(candor, control, payload, size),
    async [Symbol.asyncDispose]() {
      await candor[Symbol.asyncDispose]();
      attacker.kill("SIGKILL");
      await attacker.exited;
    },
  };
}

async function attack(
  candor: WatchedProcess,
  control: string,
  { name }: Payload,
  size: number,
): Promise<Figures> {
  const words = new URLSearchParams({ name, size: String(size), target: candor.url });
  await fetch(`${control}prepare?${words}`, { timeout: false });
  writeFileSync(`/proc/${candor.pid}/clear_refs`, "5");
  const before = candor.sample().cpuMs;
  const told = fetch(`${control}attack?${words}`, { timeout: false }).then((answer) =>
    answer.text(),
  );
  const isOver = told.then(() => true);
  const waits: number[] = [];
  do {
    const startedAt = performance.now();
    await askHonestly(candor.url);
    waits.push(performance.now() - startedAt);
  } while (!(await Promise.race([isOver, Bun.sleep(PAUSE_MS)])));
  waits.sort((one, other) => one - other);
  return {
    status: await told,
    cpuMs: candor.sample().cpuMs - before,
    peakBytes: peakOf(candor.pid),
    longestWaitMs: waits.at(-1) ?? 0,
    medianWaitMs: waits[Math.floor(waits.length / 2)] ?? 0,
  };
}

/** The most resident memory since `clear_refs` was written (proc(5)). */
function peakOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}

async function askHonestly(url: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${url}/proxy`, { method: "POST", headers, body: HONEST });
  await response.bytes();
  if (response.status !== 200) throw new Error(`An honest client got ${response.status}.`);
}

async function firstLine(output: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of output) {
    text += decoder.decode(bytes, { stream: true });
    if (text.includes("\n")) return text.trim();
  }
  throw new Error("The attacker ended before it began.");
}
