import { existsSync } from "node:fs";
import manifest from "../package.json" with { type: "json" };

/** The compiled binary, which is what is measured. */
export const BINARY = new URL("../dist/candor", import.meta.url).pathname;

/** Documents are no part of the program, and the commands write them. */
const PROGRAM = [":(top)", ":(top,exclude)docs", ":(top,exclude)*.md"];

/**
 * Candor's version and commit; undefined where it is not built. It ends with `-dirty` where the
 * program differs from that commit.
 */
export function candorVersion(): string | undefined {
  if (!existsSync(BINARY)) return undefined;
  const commit = git("describe", "--always");
  if (commit === undefined) return `${manifest.version}, no revision`;
  const isClean = git("diff", "--quiet", "HEAD", "--", ...PROGRAM) !== undefined;
  return `${manifest.version}, ${commit}${isClean ? "" : "-dirty"}`;
}

/** Ends the program where a document would name a version that nobody can build again. */
export function refuseDirty(version: string | undefined): void {
  if (version?.endsWith("-dirty") !== true) return;
  console.error(
    `No document is written of Candor ${version}: commit your changes first, so that others can ` +
      "build what was measured. A run with options prints its tables and writes no document.",
  );
  process.exit(1);
}

/** What git prints; undefined where it is missing, or ends with another code than 0. */
function git(...words: string[]): string | undefined {
  if (Bun.which("git") === null) return undefined;
  const { success, stdout } = Bun.spawnSync(["git", ...words], { cwd: import.meta.dir });
  return success ? String(stdout).trim() : undefined;
}
