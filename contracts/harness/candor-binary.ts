import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROJECT = new URL("../..", import.meta.url).pathname;
/** The compiled program, once `buildBinary` has made it; `CANDOR_BINARY` names another one to try. */
export const BINARY = process.env["CANDOR_BINARY"] ?? join(PROJECT, "dist/candor");

/** A made-up key that must not be in any output. */
export const SECRET = "sk-or-v1-made-up-and-never-to-be-seen";

/** The compiled program, running in an empty folder; killed at the end of its scope. */
export interface CandorBinary extends AsyncDisposable {
  url: string;
  pid: number;
  signal(name: NodeJS.Signals): void;
  /** Resolves with the exit code. */
  exited: Promise<number>;
  /** Everything it wrote so far, standard error included. */
  output(): string;
  /** All output, once these characters are among it. */
  outputUpTo(part: string): Promise<string>;
  /** Closes its standard output at the next that comes from there; resolves when it is closed. */
  stopReading(): Promise<void>;
}

/** How the program is started. It sees this environment, and nothing else but `PATH`. */
export interface StartOptions {
  /** Where the program lies, if it is a copy. */
  program?: string;
  environment?: Record<string, string>;
  flags?: string[];
  /** Files to lie in the folder it is started in, by name. */
  files?: Record<string, string>;
}

function filesOf(pattern: string): string[] {
  return [...new Bun.Glob(pattern).scanSync(PROJECT)];
}

/** Builds the program where it is missing or older than what it is made of. */
export async function buildBinary(): Promise<void> {
  const built = await stat(BINARY).catch(() => undefined);
  for (const source of [
    "package.json",
    ...filesOf("src/**/*.ts"),
    ...filesOf("fixtures/**/*.json"),
  ]) {
    if (source.endsWith(".test.ts")) continue;
    const { mtimeMs } = await stat(join(PROJECT, source));
    if (built !== undefined && mtimeMs <= built.mtimeMs) continue;
    const build = Bun.spawn(["bun", "run", "build"], { cwd: PROJECT, stderr: "pipe" });
    if ((await build.exited) !== 0) throw new Error(await build.stderr.text());
    return;
  }
}

/** Starts the program on any free port, and waits until it listens. */
export async function startBinary(options: StartOptions = {}): Promise<CandorBinary> {
  const started = await spawn(options);
  const isOver = started.exited.then((code) => {
    throw new Error(`Exited with ${code}: ${started.output()}`);
  });
  isOver.catch(() => {});
  const text = await Promise.race([started.outputUpTo("listening on "), isOver]);
  const url = /listening on (http:\/\/[\d.:]+)/.exec(text)?.[1];
  if (url === undefined) throw new Error(`No address in ${text}`);
  return { ...started, url };
}

/** Runs the program to its end, and gives its exit code and output. */
export async function runBinary(options: StartOptions) {
  await using started = await spawn(options);
  return { code: await started.exited, output: started.output() };
}

async function spawn({
  program: path = BINARY,
  environment = {},
  flags = [],
  files = {},
}: StartOptions) {
  const folder = await mkdtemp(join(tmpdir(), "candor-"));
  for (const [name, text] of Object.entries(files)) await Bun.write(join(folder, name), text);
  const program = Bun.spawn([path, ...flags], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      PORT: "0",
      OPENROUTER_API_KEY: SECRET,
      LOG_FORMAT: "json",
      ...environment,
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  let output = "";
  let onOutput: (() => void) | undefined;
  let isReading = true;
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const bytes of stream) {
      output += decoder.decode(bytes, { stream: true });
      onOutput?.();
      // Leaving the loop cancels the stream, which closes the pipe.
      if (!isReading && stream === program.stdout) break;
    }
  };
  const closed = collect(program.stdout);
  const collected = Promise.all([closed, collect(program.stderr)]);
  return {
    pid: program.pid,
    signal: (name: NodeJS.Signals) => program.kill(name),
    exited: collected.then(() => program.exited),
    output: () => output,
    outputUpTo: (part: string) =>
      new Promise<string>((resolve) => {
        onOutput = () => output.includes(part) && resolve(output);
        onOutput();
      }),
    stopReading() {
      isReading = false;
      return closed;
    },
    async [Symbol.asyncDispose]() {
      program.kill("SIGKILL");
      await program.exited;
      await rm(folder, { recursive: true });
    },
  };
}
