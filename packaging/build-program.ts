import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import packageJson from "../package.json" with { type: "json" };
import { runCommand } from "./command.ts";
import { programFile, type Target } from "./targets.ts";

const ROOT = new URL("..", import.meta.url).pathname;

/** In `bun run build`, the one place where the flags of the executable stand. */
const BUILD_COMMAND = /bun build (--compile .*?) --outfile \S+(?: && .*)?$/;

/** A way to build: for a target, and from another copy of the project where one is named. */
export interface BuildOptions {
  target: Target;
  project?: string;
}

/** Builds the program for a target into this file, with the flags of `bun run build`. */
export async function buildProgram(file: string, { target, project = ROOT }: BuildOptions) {
  const flags = BUILD_COMMAND.exec(packageJson.scripts.build)?.[1];
  if (flags === undefined) {
    throw new Error(
      "`bun run build` in package.json no longer has `bun build --compile … --outfile`.",
    );
  }
  const folder = `${project}/dist/build-${target.name}`;
  mkdirSync(folder, { recursive: true });
  try {
    const line = `"$BUN" build ${flags} --target=${target.bunTarget} --outfile "$OUTPUT"`;
    // A relative path, since the program remembers it.
    const output = `dist/build-${target.name}/${programFile(target)}`;
    const env = { BUN: process.execPath, OUTPUT: output };
    await runCommand(["sh", "-c", line], { cwd: project, env });
    copyFileSync(`${project}/${output}`, file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
