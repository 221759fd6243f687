import { existsSync, statSync } from "node:fs";
import packageJson from "../package.json" with { type: "json" };
import { runCommand } from "./command.ts";
import type { Target } from "./targets.ts";

/** What a release was made of, so that anybody can make it again and compare. */
export interface BuildRecord {
  name: string;
  version: string;
  /** The commit; `isClean` is false where the work tree held something else as well. */
  commit: string;
  committedAt: string;
  isClean: boolean;
  /** The Bun that built it. */
  bun: { version: string; revision: string; sha256: string };
  programs: ProgramRecord[];
}

/** A program of a release, and the Bun that is inside of it. */
export interface ProgramRecord {
  target: string;
  bunTarget: string;
  bytes: number;
  sha256: string;
  /** The digest of Bun for that target as `bun build` downloaded it; null where it took another way. */
  bunSha256: string | null;
}

/** Describes the release of these programs, each in its file. */
export async function describeBuild(programs: ReadonlyMap<Target, string>): Promise<BuildRecord> {
  return {
    name: packageJson.name,
    version: packageJson.version,
    commit: await git("rev-parse", "HEAD"),
    committedAt: await git("show", "--no-patch", "--format=%cI", "HEAD"),
    isClean: (await git("status", "--porcelain")) === "",
    bun: {
      version: Bun.version,
      revision: Bun.revision,
      sha256: await digestFile(process.execPath),
    },
    programs: await Promise.all([...programs].map(describeProgram)),
  };
}

/** The SHA-256 of a file, in hexadecimal digits. */
export async function digestFile(path: string): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for await (const bytes of Bun.file(path).stream()) hasher.update(bytes);
  return hasher.digest("hex");
}

async function git(...words: string[]): Promise<string> {
  return (await runCommand(["git", ...words])).trim();
}

async function describeProgram([target, file]: [Target, string]): Promise<ProgramRecord> {
  return {
    target: target.name,
    bunTarget: target.bunTarget,
    bytes: statSync(file).size,
    sha256: await digestFile(file),
    bunSha256: await digestBun(target),
  };
}

/** `bun build` keeps what it downloads in the cache of packages, with Bun's own word for ARM. */
async function digestBun({ bunTarget }: Target): Promise<string | null> {
  const cache = (await runCommand([process.execPath, "pm", "cache"])).trim();
  const file = `${cache}/${bunTarget.replace("arm64", "aarch64")}-v${Bun.version}`;
  return existsSync(file) ? digestFile(file) : null;
}
