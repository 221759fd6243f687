import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import packageJson from "../package.json" with { type: "json" };
import { archiveProgram } from "./archive.ts";
import { type BuildRecord, describeBuild, digestFile } from "./build-record.ts";
import { buildProgram } from "./build-program.ts";
import { runCommand } from "./command.ts";
import { describeFormula } from "./homebrew/formula.ts";
import { isLibraryBuilt, packMainPackage, packPlatformPackage } from "./npm/pack.ts";
import { runScript } from "./script.ts";
import { programFile, type Target, TARGETS } from "./targets.ts";

const HELP = `Usage: bun run release [--target NAME]... [--repository URL]

Builds everything that a release publishes, into dist/release/: a download per target, the packages
for npm, SHA256SUMS, the SBOM (CycloneDX), the build record, and the Homebrew formula.

  --target NAME     only this one, which can be given again: ${TARGETS.map(({ name }) => name).join(", ")}
  --repository URL  where the project lies on GitHub; the packages name it, and the formula points to
                    the downloads of its release; without it no formula is written
  --help            print this, and do nothing else`;

const ROOT = new URL("..", import.meta.url).pathname;
const FOLDER = `${ROOT}dist/release`;

await runScript("release", async () => {
  const { values } = parseArgs({
    args: Bun.argv.slice(2),
    options: {
      target: { type: "string", multiple: true },
      repository: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) console.log(HELP);
  else await release(chooseTargets(values.target), values.repository);
});

function chooseTargets(names: string[] | undefined): readonly Target[] {
  if (names === undefined) return TARGETS;
  return names.map((name) => {
    const target = TARGETS.find((each) => each.name === name);
    if (target === undefined) throw new Error(`There is no target ${name}; see --help.`);
    return target;
  });
}

async function release(targets: readonly Target[], repository: string | undefined): Promise<void> {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(`${FOLDER}/programs`, { recursive: true });
  await runCommand([process.execPath, "run", "setup"], { cwd: ROOT });
  await buildLibrary();
  const programs = await buildPrograms(targets);
  const record = await describeBuild(programs);
  await Bun.write(`${FOLDER}/build-record.json`, `${JSON.stringify(record, null, 2)}\n`);
  await writeSbom(record);
  const archives = await archivePrograms(programs);
  await packPackages(programs, repository);
  await writeFormula(archives, repository);
  rmSync(`${FOLDER}/programs`, { recursive: true });
  await writeChecksums();
  if (!record.isClean) console.log("release: the work tree holds changes that are not committed");
}

/** Builds what can be imported from the package, anew. */
async function buildLibrary(): Promise<void> {
  rmSync(`${ROOT}dist/npm`, { recursive: true, force: true });
  if (!Object.keys(packageJson.scripts).includes("build:npm")) return;
  await runCommand([process.execPath, "run", "build:npm"], { cwd: ROOT });
}

async function buildPrograms(targets: readonly Target[]): Promise<Map<Target, string>> {
  const programs = new Map<Target, string>();
  for (const target of targets) {
    const file = `${FOLDER}/programs/${target.name}-${programFile(target)}`;
    console.log(`building ${target.name}`);
    await buildProgram(file, { target });
    programs.set(target, file);
  }
  return programs;
}

async function writeSbom(record: BuildRecord): Promise<void> {
  const seconds = Math.floor(Date.parse(record.committedAt) / 1000);
  const env = { SOURCE_DATE_EPOCH: String(seconds) };
  const path = await runCommand([process.execPath, `${ROOT}supply-chain/sbom.ts`], { env });
  copyFileSync(`${ROOT}${path.trim()}`, `${FOLDER}/candor.cdx.json`);
}

/** Makes the downloads; gives their paths by the target's name. */
async function archivePrograms(programs: Map<Target, string>): Promise<Map<string, string>> {
  const archives = new Map<string, string>();
  for (const [target, program] of programs) {
    const name = `candor-${packageJson.version}-${target.name}`;
    console.log(`archiving ${name}`);
    archives.set(target.name, await archiveProgram(target, program, { folder: FOLDER, name }));
  }
  return archives;
}

async function packPackages(
  programs: Map<Target, string>,
  repository: string | undefined,
): Promise<void> {
  const named = repository === undefined ? {} : { repository };
  const options = { folder: `${FOLDER}/npm`, gzipLevel: 9, ...named };
  if (!isLibraryBuilt()) console.log("release: NOT IN THE PACKAGE: the library (dist/npm)");
  console.log(`packing ${await packMainPackage(options)}`);
  for (const [target, program] of programs) {
    console.log(`packing ${await packPlatformPackage(target, program, options)}`);
  }
}

async function writeFormula(
  archives: ReadonlyMap<string, string>,
  repository: string | undefined,
): Promise<void> {
  if (repository === undefined) return console.log("release: no formula without --repository");
  const downloads = `${repository}/releases/download/v${packageJson.version}`;
  const digests = new Map<string, string>();
  for (const [name, archive] of archives) digests.set(name, await digestFile(archive));
  const formula = describeFormula((target) => {
    const archive = archives.get(target);
    const sha256 = digests.get(target);
    if (archive === undefined || sha256 === undefined) {
      throw new Error(`A formula needs the download for ${target}.`);
    }
    return { url: `${downloads}/${basename(archive)}`, sha256 };
  });
  await Bun.write(`${FOLDER}/candor.rb`, formula);
}

/** Writes what `sha256sum --check SHA256SUMS` reads. */
async function writeChecksums(): Promise<void> {
  const files = [...new Bun.Glob("**/*").scanSync(FOLDER)].toSorted();
  const lines: string[] = [];
  for (const file of files) lines.push(`${await digestFile(`${FOLDER}/${file}`)}  ${file}\n`);
  await Bun.write(`${FOLDER}/SHA256SUMS`, lines.join(""));
  console.log(`dist/release: ${files.length} files, and their checksums`);
}
