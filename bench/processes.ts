import { readdirSync, readFileSync } from "node:fs";
import { readCpuMs } from "./processor-time.ts";

/** A server that this run started: a process, and all that it started itself. */
export interface ServerProcess {
  /** The base URL that it printed. */
  url: string;
  /** The processor time it has used so far, user and system, all threads, in milliseconds. */
  cpuMs(): number;
  /** The same of each process, in the order in which they were started. */
  eachCpuMs(): number[];
  /** Its resident memory, in bytes. */
  memoryBytes(): number;
  stop(): Promise<void>;
}

/** In which the kernel counts memory. */
const PAGE_BYTES = 4096;

const READY_MS = 10_000;

/** What runs now. Nothing of it may outlive this process, however that ends. */
const running = new Set<number>();
process.on("exit", () => running.forEach(kill));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

/** Requests at once, in every process alike; Bun's own default would be 256. */
const REQUEST_LIMIT = { BUN_CONFIG_MAX_HTTP_REQUESTS: "20000" };

/** Starts a server and waits for the URL on its standard output, which is read to its end. */
export async function startServer(
  command: string[],
  environment: Record<string, string> = {},
): Promise<ServerProcess> {
  const child = spawn(command, environment);
  const url = Promise.withResolvers<string>();
  void readOutput(child.stdout, url.resolve).then(() =>
    url.reject(new Error(`${command.join(" ")} ended before it listened.`)),
  );
  const timer = setTimeout(() => child.kill("SIGKILL"), READY_MS);
  const found = await url.promise.finally(() => clearTimeout(timer));
  return serverOf(found, child.pid, async () => {
    kill(child.pid);
    await child.exited;
  });
}

/**
 * Ends a process, and those that it starts, with this one, however this one ends. What comes back
 * is for when it has ended before: its number may by then be another's.
 */
export function endWithThisProcess(pid: number): () => void {
  running.add(pid);
  return () => void running.delete(pid);
}

/** A server that runs already, and the way to stop it. */
export function serverOf(url: string, pid: number, stop: () => Promise<void>): ServerProcess {
  return {
    url,
    cpuMs: () => sum(processTree(pid).map(readCpuMs)),
    eachCpuMs: () => processTree(pid).map(readCpuMs),
    memoryBytes: () => sum(processTree(pid).map(readMemoryBytes)),
    stop,
  };
}

/** Runs a command to its end and gives what it printed. */
export async function runToEnd(
  command: string[],
  environment: Record<string, string> = {},
): Promise<string> {
  const child = spawn(command, environment);
  const output = await new Response(child.stdout).text();
  const code = await child.exited;
  if (code !== 0) throw new Error(`${command.join(" ")} ended with code ${code}.`);
  return output;
}

function spawn(command: string[], environment: Record<string, string>) {
  const { PATH = "" } = process.env;
  const child = Bun.spawn(command, {
    env: { PATH, ...REQUEST_LIMIT, ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  running.add(child.pid);
  void child.exited.then(() => running.delete(child.pid));
  return child;
}

/** Ends a process, and first those that it started. */
function kill(pid: number): void {
  for (const each of remainingTree(pid).toReversed()) process.kill(each, "SIGKILL");
}

/** Reads an output to its end, as whoever collects logs does; `onUrl` gets the first URL in it. */
async function readOutput(
  output: ReadableStream<Uint8Array>,
  onUrl: (url: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let beginning = "";
  let isFound = false;
  for await (const chunk of output) {
    if (isFound) continue;
    beginning += decoder.decode(chunk, { stream: true });
    const [url] = /https?:\/\/127\.0\.0\.1:\d+[\w/]*(?=[\s,"])/.exec(beginning) ?? [];
    if (url === undefined) continue;
    isFound = true;
    onUrl(url);
  }
}

/** A process and those it started, such as a server's workers. Throws when it is gone. */
function processTree(pid: number): number[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const children = tasks.flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "latin1").split(" "),
  );
  const started = children.filter((child) => child !== "").map(Number);
  return [pid, ...started.flatMap(remainingTree)];
}

function remainingTree(pid: number): number[] {
  try {
    return processTree(pid);
  } catch {
    return [];
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function readMemoryBytes(pid: number): number {
  const [, resident] = readFileSync(`/proc/${pid}/statm`, "latin1").split(" ");
  return Number(resident) * PAGE_BYTES;
}
