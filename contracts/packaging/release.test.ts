import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import packageJson from "../../package.json" with { type: "json" };
import { archiveProgram } from "../../packaging/archive.ts";
import { digestFile } from "../../packaging/build-record.ts";
import { runCommand } from "../../packaging/command.ts";
import { describeFormula } from "../../packaging/homebrew/formula.ts";
import { programFile, targetsOf, TARGETS } from "../../packaging/targets.ts";

const PROJECT = new URL("../..", import.meta.url).pathname;
const FOLDER = mkdtempSync(`${tmpdir()}/candor-release-`);
afterAll(() => rmSync(FOLDER, { recursive: true }));

/** When the folder of releases was changed last. */
const releasedAt = () =>
  existsSync(`${PROJECT}dist/release`) ? statSync(`${PROJECT}dist/release`).mtimeMs : 0;

test.each([
  ["release", "packaging/release.ts"],
  ["reproduce", "packaging/reproduce.ts"],
  ["container", "packaging/container/try.ts"],
  ["systemd", "packaging/systemd/try.ts"],
  ["audit", "supply-chain/audit.ts"],
])("bun run %s --help explains itself and does nothing else", async (name, file) => {
  const before = releasedAt();
  const output = await runCommand([process.execPath, `${PROJECT}${file}`, "--help"]);
  expect(output).toStartWith(`Usage: bun run ${name}`);
  expect(releasedAt()).toBe(before);
});

test("a release of an unknown target is refused, with the target's name", () => {
  const command = ["bun", `${PROJECT}packaging/release.ts`, "--target", "amiga"];
  const { exitCode, stderr } = Bun.spawnSync(command, { stderr: "pipe" });
  expect(exitCode).toBe(1);
  expect(stderr.toString()).toContain("There is no target amiga; see --help.");
});

describe("a download", () => {
  const [target] = TARGETS;
  const program = `${FOLDER}/program`;
  writeFileSync(program, "the program");

  test("is the same bytes from the same program, and has its texts beside it", async () => {
    if (target === undefined) throw new Error("There is no target.");
    const digests: string[] = [];
    for (const folder of [`${FOLDER}/one`, `${FOLDER}/other`]) {
      const archive = await archiveProgram(target, program, { folder, name: "candor-1.0.0" });
      digests.push(await digestFile(archive));
    }
    expect(digests[0]).toBe(digests[1] ?? "");
    const listed = await runCommand(["tar", "-tzf", `${FOLDER}/one/candor-1.0.0.tar.gz`]);
    const files = ["", "LICENSE", "README.md", "THIRD-PARTY-LICENSES.txt", programFile(target)];
    expect(listed.trim().split("\n")).toEqual(files.map((file) => `candor-1.0.0/${file}`));
  });
});

test("the formula has a download and its digest for each machine that Homebrew knows", () => {
  const formula = describeFormula((name) => ({
    url: `https://x.test/${name}`,
    sha256: `${name}!`,
  }));
  for (const name of ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"]) {
    expect(formula).toContain(`url "https://x.test/${name}"\n      sha256 "${name}!"`);
  }
  expect(formula).toContain(`version "${packageJson.version}"`);
});

describe("the program for a machine", () => {
  test.each([
    ["linux", "x64", ["/lib64/ld-linux-x86-64.so.2"], ["linux-x64"]],
    ["linux", "arm64", ["/lib/ld-musl-aarch64.so.1"], ["linux-arm64-musl"]],
    [
      "linux",
      "x64",
      ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-musl-x86_64.so.1"],
      ["linux-x64", "linux-x64-musl"],
    ],
    ["darwin", "arm64", [], ["darwin-arm64"]],
    ["win32", "x64", [], ["windows-x64"]],
    ["win32", "arm64", [], []],
    ["linux", "x64", [], []],
  ])("%s %s with %j is %j", (os, cpu, loaders, names) => {
    const targets = targetsOf(os, cpu, (loader) => loaders.includes(loader));
    expect(targets.map(({ name }) => name)).toEqual(names);
  });
});
