import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };

/** One part of the library: what `import "candor/…"` names. */
interface Part {
  name: string;
  /** Where it begins, below `src`. */
  source: string;
  /** What whoever uses this part has beside it, and so is not built in. */
  external: string[];
  target: "browser" | "node";
}

const PARTS: Part[] = [
  { name: "fetch", source: "fetch/truthful-fetch.ts", external: [], target: "browser" },
  {
    name: "elysia",
    source: "server/plugin.ts",
    external: ["elysia", "@sinclair/typebox"],
    target: "node",
  },
];

const ROOT = new URL("../..", import.meta.url).pathname;

/** What `bun run build:npm` makes: the package as it would be published. */
export const LIBRARY = join(ROOT, "dist/npm");

/** Builds the library into `folder`: modules, types, manifest, licences and a README of its own. */
export async function buildLibrary(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  for (const part of PARTS) {
    await buildModule(part, folder);
    await buildTypes(part, folder);
  }
  await Bun.write(join(folder, "package.json"), `${JSON.stringify(describePackage(), null, 2)}\n`);
  for (const file of ["LICENSE", "THIRD-PARTY-LICENSES.txt"]) {
    copyFileSync(join(ROOT, file), join(folder, file));
  }
  copyFileSync(join(ROOT, "docs/npm.md"), join(folder, "README.md"));
}

function describePackage() {
  const { name, version, license, dependencies } = packageJson;
  const peers = ["elysia", "@sinclair/typebox"] as const;
  return {
    name,
    version,
    description: "OpenRouter's hidden failures as true statuses: a fetch, and an Elysia plugin",
    license,
    keywords: ["openrouter", "openai", "anthropic", "fetch", "elysia", "llm", "errors"],
    type: "module",
    sideEffects: false,
    exports: {
      ...Object.fromEntries(
        PARTS.map((part) => [
          `./${part.name}`,
          { types: `./${part.name}.d.ts`, default: `./${part.name}.js` },
        ]),
      ),
      "./package.json": "./package.json",
    },
    engines: { node: ">=20" },
    // Whoever uses the plugin has them; nobody else needs them.
    peerDependencies: Object.fromEntries(peers.map((peer) => [peer, `^${dependencies[peer]}`])),
    peerDependenciesMeta: Object.fromEntries(peers.map((peer) => [peer, { optional: true }])),
  };
}

/** One module, readable: whoever bundles it makes it small. */
async function buildModule({ name, source, external, target }: Part, folder: string) {
  const { outputs } = await Bun.build({
    entrypoints: [join(ROOT, "src", source)],
    target,
    external,
    format: "esm",
  });
  const [module] = outputs;
  if (module === undefined) throw new Error(`${name} was not built.`);
  await Bun.write(join(folder, `${name}.js`), module);
}

/** The types of a part: those that it promises, and those that these are made of. */
async function buildTypes({ name, source }: Part, folder: string): Promise<void> {
  const emitted = mkdtempSync(join(tmpdir(), "candor-types-"));
  try {
    const project = join(ROOT, "src", dirname(source));
    const flags = "--noEmit false --declaration --emitDeclarationOnly".split(" ");
    await run(["bunx", "tsc", "-p", project, ...flags, "--rootDir", ROOT, "--outDir", emitted]);
    const entry = source.replace(/\.ts$/, ".d.ts");
    for (const [file, text] of readTypes(entry, join(emitted, "src"))) {
      await Bun.write(join(folder, "types", file), text);
    }
    const module = entry.replace(/\.d\.ts$/, ".js");
    await Bun.write(join(folder, `${name}.d.ts`), `export * from "./types/${module}";\n`);
  } finally {
    rmSync(emitted, { recursive: true });
  }
}

/** How one file of types names another: by its source, which is not there. */
const IMPORT = /((?:from |import\()"\.[^"]*)\.ts"/g;

/** A file of types below `folder` with all that it imports, which are then named as modules are. */
function readTypes(entry: string, folder: string): Map<string, string> {
  const texts = new Map<string, string>();
  const files = new Set([entry]);
  for (const file of files) {
    const text = readFileSync(join(folder, file), "utf8");
    for (const [, path = ""] of text.matchAll(IMPORT)) {
      files.add(join(dirname(file), `${path.replace(/^[^"]*"/, "")}.d.ts`));
    }
    texts.set(file, text.replaceAll(IMPORT, '$1.js"'));
  }
  return texts;
}

async function run(command: string[]): Promise<void> {
  const child = Bun.spawn(command, { cwd: ROOT, stdout: "pipe", stderr: "pipe" });
  const output = await child.stdout.text();
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")} failed:\n${output}`);
}

if (import.meta.main) await buildLibrary(LIBRARY);
