import { chmodSync, copyFileSync, mkdirSync, rmSync } from "node:fs";
import { runCommand } from "./command.ts";
import { programFile, type Target } from "./targets.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const TEXTS = ["LICENSE", "README.md", "THIRD-PARTY-LICENSES.txt"];

/**
 * Packs a program and its texts into `${name}.tar.gz` of this folder, byte for byte the same from
 * the same files. Needs GNU tar. Gives the archive's path.
 */
export async function archiveProgram(
  target: Target,
  program: string,
  { folder, name }: { folder: string; name: string },
): Promise<string> {
  const content = `${folder}/${name}`;
  mkdirSync(content, { recursive: true });
  copyFileSync(program, `${content}/${programFile(target)}`);
  for (const text of TEXTS) copyFileSync(`${ROOT}${text}`, `${content}/${text}`);
  chmodSync(`${content}/${programFile(target)}`, 0o755);
  const archive = `${content}.tar.gz`;
  const nobody = ["--owner=0", "--group=0", "--numeric-owner", "--mode=go=rX,u+rw"];
  const sameEveryTime = ["--sort=name", "--mtime=@0", ...nobody];
  const gzip = ["--use-compress-program", "gzip -n -9"];
  await runCommand(["tar", ...sameEveryTime, ...gzip, "-cf", archive, "-C", folder, name]);
  rmSync(content, { recursive: true });
  return archive;
}
