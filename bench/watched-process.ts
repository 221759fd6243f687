import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { readCpuMs } from "./processor-time.ts";

/** What the kernel says about a process at one moment. */
export interface ProcessSample {
  /** Resident memory, and the part of it that is no file, in bytes. */
  residentBytes: number;
  anonymousBytes: number;
  /** Open sockets, those that listen included. */
  sockets: number;
  /** The processor time used so far, all threads, in milliseconds. */
  cpuMs: number;
}

/** A process that this run started, and reads every line of. */
export interface WatchedProcess {
  pid: number;
  /** The first URL that it printed. */
  url: string;
  sample(): ProcessSample;
  signal(name: "SIGTERM" | "SIGUSR1"): void;
  /** Resolves with the exit code. */
  exited: Promise<number>;
  /** Kills it, where it still runs. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a program, and waits for the URL that it prints once it listens. */
export async function startWatched(
  command: string[],
  environment: Record<string, string>,
  onLine: (line: string) => void,
): Promise<WatchedProcess> {
  const { PATH = "" } = process.env;
  const child = Bun.spawn(command, {
    env: { PATH, ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const url = Promise.withResolvers<string>();
  const take = (line: string) => {
    const [found] = /http:\/\/127\.0\.0\.1:\d+[\w/]*(?=[\s,"]|$)/.exec(line) ?? [];
    if (found !== undefined) url.resolve(found);
    onLine(line);
  };
  const isRead = Promise.all([readLines(child.stdout, take), readLines(child.stderr, take)]);
  void isRead.then(() => url.reject(new Error(`${command.join(" ")} ended before it listened.`)));
  return {
    pid: child.pid,
    url: await url.promise,
    sample: () => sampleProcess(child.pid),
    signal: (name) => child.kill(name),
    exited: isRead.then(() => child.exited),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

async function readLines(
  output: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let unread = "";
  for await (const chunk of output) {
    const lines = (unread + decoder.decode(chunk, { stream: true })).split("\n");
    unread = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  }
  if (unread !== "") onLine(unread);
}

/** From `/proc` (proc(5)). Throws when the process is gone. */
function sampleProcess(pid: number): ProcessSample {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  const bytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * 1024;
  return {
    residentBytes: bytes("VmRSS"),
    anonymousBytes: bytes("RssAnon"),
    sockets: countSockets(pid),
    cpuMs: readCpuMs(pid),
  };
}

function countSockets(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((file) => isSocket(`${folder}/${file}`)).length;
}

function isSocket(path: string): boolean {
  try {
    return readlinkSync(path).startsWith("socket:");
  } catch {
    // Closed since the folder was read.
    return false;
  }
}
