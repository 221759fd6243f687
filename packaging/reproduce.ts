import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { digestFile } from "./build-record.ts";
import { buildProgram } from "./build-program.ts";
import { runCommand } from "./command.ts";
import { runScript } from "./script.ts";
import { type Target, TARGETS } from "./targets.ts";

const HELP = `Usage: bun run reproduce [--target NAME]

Builds the program twice, in this folder and in another one from a copy of the files, and compares
the bytes. Ends with 1 where they differ, and names the first place.

  --target NAME   for which machine (default: linux-x64)
  --help          print this, and do nothing else`;

const ROOT = new URL("..", import.meta.url).pathname;

await runScript("reproduce", async () => {
  const { values } = parseArgs({
    args: Bun.argv.slice(2),
    options: { target: { type: "string", default: "linux-x64" }, help: { type: "boolean" } },
  });
  if (values.help === true) return console.log(HELP);
  const target = TARGETS.find(({ name }) => name === values.target);
  if (target === undefined) throw new Error(`There is no target ${values.target}; see --help.`);
  process.exitCode = await reproduce(target);
});

async function reproduce(chosen: Target): Promise<number> {
  await runCommand([process.execPath, "run", "setup"], { cwd: ROOT });
  const folder = mkdtempSync(`${tmpdir()}/candor-reproduce-`);
  try {
    const project = `${folder}/elsewhere`;
    await copyProject(project);
    mkdirSync(`${ROOT}dist`, { recursive: true });
    await buildProgram(`${folder}/here`, { target: chosen });
    await buildProgram(`${folder}/there`, { target: chosen, project });
    return await compare(folder, chosen);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Copies what git knows of, changes included; the packages are the same ones. */
async function copyProject(project: string): Promise<void> {
  const files = await runCommand(
    ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    { cwd: ROOT },
  );
  for (const file of files.split("\0").filter(Boolean))
    cpSync(`${ROOT}${file}`, `${project}/${file}`);
  mkdirSync(`${project}/dist`);
  await runCommand(["cp", "-a", `${ROOT}node_modules`, `${project}/node_modules`]);
}

async function compare(folder: string, { name }: Target): Promise<number> {
  const [here, there] = [await digestFile(`${folder}/here`), await digestFile(`${folder}/there`)];
  if (here === there) {
    console.log(`reproduce: the same bytes in two folders: ${here} (${name}, Bun ${Bun.version})`);
    return 0;
  }
  const place = await firstDifference(`${folder}/here`, `${folder}/there`);
  console.log(`reproduce: ${here} here, ${there} elsewhere: they differ from byte ${place} on`);
  return 1;
}

async function firstDifference(one: string, other: string): Promise<number> {
  const [left, right] = [await Bun.file(one).bytes(), await Bun.file(other).bytes()];
  const index = left.findIndex((byte, position) => byte !== right[position]);
  return index < 0 ? left.length : index;
}
