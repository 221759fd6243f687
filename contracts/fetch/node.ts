import { mkdirSync } from "node:fs";
import { basename } from "node:path";
import { buildLibrary, LIBRARY } from "../../packaging/npm/library.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** Where the programs that Node runs are built: inside the package that they import by its name. */
const PROGRAMS = `${ROOT}dist/on-node`;

/** What a program on Node printed, and how it ended. */
export interface NodeRun {
  output: string;
  trouble: string;
  code: number;
}

/** How a program is run on Node. */
export interface NodeOptions {
  /** What standard input holds, as JSON. */
  input?: unknown;
  flags?: string[];
  /** Changes the program's text before it runs. */
  edit?: (text: string) => string;
}

let built: Promise<void> | undefined;

/** Makes the library that programs on Node and in a browser load, once for all tests. */
export function buildTheLibrary(): Promise<void> {
  return (built ??= buildLibrary(LIBRARY));
}

/** Runs a program of this folder on Node, with the built library. */
export async function runOnNode(file: string, options: NodeOptions = {}): Promise<NodeRun> {
  const { input = null, flags = [], edit = (text) => text } = options;
  const program = await buildProgram(file, edit);
  const node = Bun.spawn(["node", ...flags, program], {
    cwd: ROOT,
    env: { PATH: process.env["PATH"] ?? "", OPENROUTER_API_KEY: "any" },
    stdin: new Blob([JSON.stringify(input)]),
    stderr: "pipe",
  });
  const [output, trouble] = await Promise.all([node.stdout.text(), node.stderr.text()]);
  return { output, trouble, code: await node.exited };
}

/** Runs it where no code may be made from strings, and gives what it printed. Throws if it fails. */
export async function runStrictly(file: string, input?: unknown): Promise<string> {
  const flags = ["--disallow-code-generation-from-strings"];
  const { output, trouble, code } = await runOnNode(file, { input, flags });
  if (code !== 0) throw new Error(`Node failed: ${trouble}`);
  return output;
}

async function buildProgram(file: string, edit: (text: string) => string): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [`${import.meta.dir}/${file}`],
    target: "node",
    packages: "external",
  });
  const [program] = outputs;
  if (program === undefined) throw new Error(`${file} was not built.`);
  mkdirSync(PROGRAMS, { recursive: true });
  const path = `${PROGRAMS}/${basename(file, ".ts")}.js`;
  await Bun.write(path, edit(await program.text()));
  return path;
}
