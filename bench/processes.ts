import { readFileSync } from "node:fs";

/** A server process that this run started. */
export interface ServerProcess {
  /** The base URL that it printed. */
  url: string;
  /** The processor time it has used so far, user and system, all threads, in milliseconds. */
  cpuMs(): number;
  /** Its resident memory, in bytes. */
  memoryBytes(): number;
  stop(): Promise<void>;
}

/** In which the kernel counts processor time (`getconf CLK_TCK`), and memory. */
const TICK_MS = 10;
const PAGE_BYTES = 4096;

const READY_MS = 10_000;

/** Requests at once, in every process alike; Bun's own default would be 256. */
const REQUEST_LIMIT = { BUN_CONFIG_MAX_HTTP_REQUESTS: "4096" };

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
  const timer = setTimeout(() => child.kill(), READY_MS);
  const found = await url.promise.finally(() => clearTimeout(timer));
  return {
    url: found,
    cpuMs: () => readCpuMs(child.pid),
    memoryBytes: () => readMemoryBytes(child.pid),
    async stop() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** Runs a command to its end and gives what it printed. */
export async function runToEnd(command: string[]): Promise<string> {
  const child = spawn(command, {});
  const output = await new Response(child.stdout).text();
  const code = await child.exited;
  if (code !== 0) throw new Error(`${command.join(" ")} ended with code ${code}.`);
  return output;
}

/** Starts a command that runs until it is stopped. */
export function startClient(command: string[]): { stop(): Promise<void> } {
  const child = spawn(command, {});
  return {
    async stop() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

function spawn(command: string[], environment: Record<string, string>) {
  const { PATH = "" } = process.env;
  return Bun.spawn(command, {
    env: { PATH, ...REQUEST_LIMIT, ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
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
    const [url] = /http:\/\/127\.0\.0\.1:\d+[\w/]*(?=[\s,"])/.exec(beginning) ?? [];
    if (url === undefined) continue;
    isFound = true;
    onUrl(url);
  }
}

/** From `/proc/PID/stat` (proc(5)): the kernel scales both times to what was really used. */
function readCpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The command's name, in parentheses, may hold spaces. Behind it the fields count from 3.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[14 - 3]) + Number(fields[15 - 3])) * TICK_MS;
}

function readMemoryBytes(pid: number): number {
  const [, resident] = readFileSync(`/proc/${pid}/statm`, "latin1").split(" ");
  return Number(resident) * PAGE_BYTES;
}
