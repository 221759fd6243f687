import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kind, SetClient } from "./client-set.ts";
import { noReport, readReport, type Report } from "./seen.ts";

const LIMIT_SECONDS = 20;

/** What a program may need on a busy machine before it asks; its limit begins with its first request. */
const START_SECONDS = 90;

/** One question to a client. */
export interface Question {
  baseUrl: string;
  model: string;
  kind: Kind;
  /** Resolves when upstream has got the first request. */
  asked: Promise<void>;
}

/** A client that can be asked, one question after the other. */
export interface AskableClient extends AsyncDisposable {
  ask(question: Question, limitSeconds?: number): Promise<Report>;
}

interface Program {
  process: Bun.Subprocess<"pipe", "pipe", "pipe">;
  lines: AsyncIterator<string>;
  /** The last that it wrote to standard error. */
  complaint: () => string;
}

/** Starts a client's program for each question, or once for all where it reads lines. */
export function openClient(client: SetClient, folder: string): AskableClient {
  let standing: Program | undefined;
  const homes: string[] = [];
  const start = async (words: string[]) => {
    const home = await mkdtemp(join(tmpdir(), "candor-client-"));
    homes.push(home);
    return startProgram(client, folder, home, words);
  };
  return {
    async ask(
      { baseUrl, model, kind, asked },
      limitSeconds = client.limitSeconds ?? LIMIT_SECONDS,
    ) {
      const words = [baseUrl, model, kind];
      const readsLines = client.readsLines === true;
      const program = standing ?? (await start(readsLines ? [] : words));
      if (readsLines) {
        standing = program;
        program.process.stdin.write(`${words.join(" ")}\n`);
        await program.process.stdin.flush();
      }
      const report = await reportOf(program, limitSeconds, asked);
      if (readsLines && report.outcome !== "none" && !isOver(program)) return report;
      standing = undefined;
      end(program);
      return report;
    },
    async [Symbol.asyncDispose]() {
      if (standing !== undefined) end(standing);
      for (const home of homes) await rm(home, { recursive: true, force: true });
    },
  };
}

function startProgram(client: SetClient, folder: string, home: string, words: string[]): Program {
  const program = Bun.spawn([...client.command(folder), ...words], {
    cwd: home,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: home,
      OPENROUTER_API_KEY: "any",
      NO_COLOR: "1",
      ...client.environment,
    },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    // A group of its own, so that what it started ends with it.
    detached: true,
  });
  let complaint = "";
  const decoder = new TextDecoder();
  const listen = async () => {
    for await (const bytes of program.stderr) {
      complaint = (complaint + decoder.decode(bytes, { stream: true })).slice(-2000);
    }
  };
  listen().catch(() => {});
  return { process: program, lines: linesOf(program.stdout), complaint: () => complaint };
}

/** The report of one question: the next line that is one. */
async function reportOf(
  program: Program,
  limitSeconds: number,
  asked: Promise<void>,
): Promise<Report> {
  const late = Promise.withResolvers<"late">();
  let timer: Timer | undefined;
  const wait = (seconds: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => late.resolve("late"), seconds * 1000);
  };
  wait(START_SECONDS + limitSeconds);
  let isDone = false;
  asked.then(() => isDone || wait(limitSeconds));
  try {
    while (true) {
      const next = await Promise.race([program.lines.next(), late.promise]);
      if (next === "late") return noReport("none", `no end in ${limitSeconds} s`);
      if (next.done === true) return noReport("error", lastLineOf(program.complaint()));
      const report = readReport(next.value);
      if (report !== undefined) return report;
    }
  } finally {
    isDone = true;
    clearTimeout(timer);
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

function lastLineOf(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

function isOver({ process: { exitCode, signalCode } }: Program): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Ends a program and all that it started. */
function end({ process: { pid } }: Program): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All of it is gone already.
  }
}
