import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { runCommand } from "../command.ts";
import { programFile, type Target } from "../targets.ts";
import {
  describeMainPackage,
  describePlatformPackage,
  LIBRARY_ENTRIES,
  SHIM_FILE,
} from "./manifests.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** Where the library is built: `fetch.js`, `fetch.d.ts`, `elysia.js`, `elysia.d.ts`, and what these import. */
const LIBRARY = `${ROOT}dist/npm`;

/** How packages are packed. */
export interface PackOptions {
  /** Where they are put together, and where their tarballs come to lie. */
  folder: string;
  /** How hard they are compressed, from 0 to 9. */
  gzipLevel: number;
  /** The project's address, which npm holds against whoever publishes them. */
  repository?: string;
}

/** The parts of the library that are not built, and would be missing in the main package. */
export function missingLibraryEntries(): string[] {
  return LIBRARY_ENTRIES.filter((entry) => !isBuilt(entry));
}

/** Packs the package that users install: shim and library. Gives the tarball's path. */
export async function packMainPackage(options: PackOptions): Promise<string> {
  const entries = LIBRARY_ENTRIES.filter(isBuilt);
  const manifest = describeMainPackage(entries);
  const folder = await beginPackage(manifest, options);
  copyFileSync(`${ROOT}README.md`, `${folder}/README.md`);
  if (entries.length > 0) cpSync(LIBRARY, `${folder}/lib`, { recursive: true });
  await buildShim(`${folder}/${SHIM_FILE}`);
  return pack(folder, manifest, options);
}

/** Packs the package that holds this program for a target. Gives the tarball's path. */
export async function packPlatformPackage(
  target: Target,
  program: string,
  options: PackOptions,
): Promise<string> {
  const manifest = describePlatformPackage(target);
  const folder = await beginPackage(manifest, options);
  copyFileSync(program, `${folder}/${programFile(target)}`);
  chmodSync(`${folder}/${programFile(target)}`, 0o755);
  return pack(folder, manifest, options);
}

function isBuilt(entry: string): boolean {
  return existsSync(`${LIBRARY}/${entry}.js`) && existsSync(`${LIBRARY}/${entry}.d.ts`);
}

/** A new folder with what every package has. */
async function beginPackage(
  manifest: { name: string },
  { repository, ...options }: PackOptions,
): Promise<string> {
  const folder = `${options.folder}/${manifest.name}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const origin = repository && { repository: { type: "git", url: `git+${repository}.git` } };
  await Bun.write(
    `${folder}/package.json`,
    `${JSON.stringify({ ...manifest, ...origin }, null, 2)}\n`,
  );
  for (const file of ["LICENSE", "THIRD-PARTY-LICENSES.txt"]) {
    copyFileSync(`${ROOT}${file}`, `${folder}/${file}`);
  }
  return folder;
}

async function buildShim(path: string): Promise<void> {
  const { outputs } = await Bun.build({
    entrypoints: [`${import.meta.dir}/shim.ts`],
    target: "node",
    format: "esm",
    banner: "#!/usr/bin/env node",
  });
  const [shim] = outputs;
  if (shim === undefined) throw new Error("The shim was not built.");
  await Bun.write(path, shim);
  chmodSync(path, 0o755);
}

async function pack(
  folder: string,
  { name, version }: { name: string; version: string },
  options: PackOptions,
): Promise<string> {
  const tarball = `${options.folder}/${name}-${version}.tgz`;
  const level = `--gzip-level=${options.gzipLevel}`;
  await runCommand([process.execPath, "pm", "pack", level, `--filename=${tarball}`], {
    cwd: folder,
  });
  rmSync(folder, { recursive: true });
  return tarball;
}
