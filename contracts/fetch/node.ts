import { buildLibrary, LIBRARY } from "../../packaging/npm/library.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** Where the programs that Node runs are built: inside the package that they import by its name. */
const PROGRAMS = `${ROOT}dist/on-node`;

/** Builds the library that programs on Node and in a browser load. */
export function buildTheLibrary(): Promise<void> {
  return buildLibrary(LIBRARY);
}

/**
 * Runs a program of this folder on Node, with the built library and where no code may be made from
 * strings, and gives what it printed.
 */
export async function runOnNode(file: string, input: unknown): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [`${import.meta.dir}/${file}`],
    target: "node",
    packages: "external",
    outdir: PROGRAMS,
  });
  const [program] = outputs;
  if (program === undefined) throw new Error(`${file} was not built.`);
  const command = ["node", "--disallow-code-generation-from-strings", program.path];
  const node = Bun.spawn(command, {
    cwd: ROOT,
    stdin: new Blob([JSON.stringify(input)]),
    stderr: "pipe",
  });
  const [output, trouble] = await Promise.all([node.stdout.text(), node.stderr.text()]);
  if ((await node.exited) !== 0) throw new Error(`Node failed: ${trouble}`);
  return output;
}
