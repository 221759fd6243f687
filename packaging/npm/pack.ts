import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { runCommand } from "../command.ts";
import { programFile, type Target } from "../targets.ts";
import {
  describeMainPackage,
  describePlatformPackage,
  type LibraryManifest,
  SHIM_FILE,
} from "./manifests.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** Where `bun run build:npm` leaves the library as a package of its own, manifest and README included. */
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

/** Packs the package that users install: the command, and the library where it is built. */
export async function packMainPackage(options: PackOptions): Promise<string> {
  const manifest = describeMainPackage(await readLibraryManifest());
  const folder = await beginPackage(manifest, options);
  if (isLibraryBuilt()) cpSync(LIBRARY, folder, { recursive: true, filter: isNoManifest });
  else copyFileSync(`${ROOT}README.md`, `${folder}/README.md`);
  await buildShim(`${folder}/${SHIM_FILE}`);
  return pack(folder, manifest, options);
}

/** Whether there is a library that the main package will have. */
export function isLibraryBuilt(): boolean {
  return existsSync(`${LIBRARY}/package.json`);
}

/** The manifest of the library, for the main package to say what can be imported from it. */
export async function readLibraryManifest(): Promise<LibraryManifest> {
  return isLibraryBuilt() ? Bun.file(`${LIBRARY}/package.json`).json() : {};
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

function isNoManifest(path: string): boolean {
  return path !== `${LIBRARY}/package.json`;
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
