import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import packageJson from "../../package.json" with { type: "json" };
import { runCommand } from "../../packaging/command.ts";
import { describeMainPackage, describePlatformPackage } from "../../packaging/npm/manifests.ts";
import {
  packMainPackage,
  packPlatformPackage,
  readLibraryManifest,
} from "../../packaging/npm/pack.ts";
import { platformPackageName } from "../../packaging/npm/package-names.ts";
import { targetsOf, TARGETS } from "../../packaging/targets.ts";
import { buildBinary } from "../harness/candor-binary.ts";
import { type LocalRegistry, startRegistry } from "./local-registry.ts";

setDefaultTimeout(60_000);

const { name, version } = packageJson;
const FOLDER = mkdtempSync(`${tmpdir()}/candor-npm-`);
const [HOST] = targetsOf(process.platform, process.arch, existsSync);
const PROGRAM = new URL("../../dist/candor", import.meta.url).pathname;

const LISTENING = /http:\/\/127\.0\.0\.1:\d+/;

/** How each package manager installs a package and runs none of its scripts. */
const MANAGERS: [string, string[]][] = [
  ["npm", ["npm", "install", name, "--ignore-scripts", "--no-audit", "--no-fund"]],
  ["Bun", [process.execPath, "add", name, "--ignore-scripts"]],
];

let registry: LocalRegistry;

beforeAll(buildBinary, 60_000);
beforeAll(async () => {
  if (HOST === undefined) throw new Error("Candor is not packaged for this machine.");
  // Fast, and as large as can be: what is tested is inside.
  const options = { folder: `${FOLDER}/packed`, gzipLevel: 1 };
  const main = await packMainPackage(options);
  const own = await packPlatformPackage(HOST, PROGRAM, options);
  registry = await startRegistry([
    { manifest: describeMainPackage(await readLibraryManifest()), tarball: main },
    ...TARGETS.map((target) => {
      const manifest = describePlatformPackage(target);
      return target === HOST ? { manifest, tarball: own } : { manifest };
    }),
  ]);
}, 60_000);
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  rmSync(FOLDER, { recursive: true });
});

/** What a package manager needs to know of the registry, and of a place of its own. */
function environment(project: string): Record<string, string> {
  const cache = `${project}/cache`;
  return {
    HOME: project,
    npm_config_registry: registry.url,
    npm_config_cache: cache,
    BUN_CONFIG_REGISTRY: registry.url,
    BUN_INSTALL_CACHE_DIR: cache,
  };
}

describe.each(MANAGERS)("installed by %s without scripts", (manager, install) => {
  const project = `${FOLDER}/${manager}`;
  const command = `${project}/node_modules/.bin/${name}`;

  beforeAll(async () => {
    mkdirSync(project);
    await Bun.write(`${project}/package.json`, JSON.stringify({ private: true }));
    registry.downloads.length = 0;
    await runCommand(install, { cwd: project, env: environment(project) });
  }, 60_000);

  test("only the program for this machine was downloaded", () => {
    const own = HOST === undefined ? "" : platformPackageName(HOST);
    const expected = [`${name}-${version}.tgz`, `${own}-${version}.tgz`];
    expect(registry.downloads.toSorted()).toEqual(expected.toSorted());
  });

  test("the command is the program, with its output and its exit code", async () => {
    expect(await runCommand([command, "--version"])).toBe(`${version}\n`);
    const refused = Bun.spawnSync([command, "--port=no"], { stderr: "pipe" });
    expect(refused.exitCode).toBe(Bun.spawnSync([PROGRAM, "--port=no"]).exitCode);
    expect(refused.stderr.toString()).toContain("PORT");
  });

  test("the demo runs, and shows a hidden failure and its status", async () => {
    await using demo = Bun.spawn([command, "demo", "--port=0"], { stdout: "pipe" });
    expect(await outputUpTo(demo, LISTENING)).toContain("429");
  });

  test("the library is there for Node, and judges what a fetch got", async () => {
    const script = `
      import { truthfulFetch } from "${name}/fetch";
      const body = { error: { code: 429, message: "Slow down" } };
      const ask = truthfulFetch({ fetch: async () => Response.json(body) });
      const init = { method: "POST", body: '{"messages":[{"role":"user","content":"Hi"}]}' };
      console.log((await ask("http://127.0.0.1/v1/chat/completions", init)).status);`;
    const node = ["node", "--input-type=module", "--eval", script];
    expect(await runCommand(node, { cwd: project })).toBe("429\n");
  });

  test("a signal to the command alone drains the program, whose exit code it takes", async () => {
    await using server = Bun.spawn([command, "--port=0"], { stdout: "pipe", stderr: "pipe" });
    const output = await outputUpTo(server, LISTENING);
    const url = LISTENING.exec(output)?.[0] ?? "";
    expect((await Bun.fetch(`${url}/healthz`)).status).toBe(200);
    server.kill("SIGTERM");
    expect(await server.exited).toBe(0);
    expect(await Bun.fetch(`${url}/healthz`).catch((error: Error) => error)).toBeInstanceOf(Error);
  });
});

/** What a process prints until this is in it. */
async function outputUpTo(
  { stdout }: { stdout: ReadableStream<Uint8Array<ArrayBuffer>> },
  pattern: RegExp,
): Promise<string> {
  const reader = stdout.pipeThrough(new TextDecoderStream()).getReader();
  let output = "";
  while (!pattern.test(output)) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`It ended after: ${output}`);
    output += value;
  }
  return output;
}

test("without the package of its machine the command says which one is missing", async () => {
  const project = `${FOLDER}/omitted`;
  mkdirSync(project);
  await Bun.write(`${project}/package.json`, JSON.stringify({ private: true }));
  const install = ["npm", "install", name, "--omit=optional", "--no-audit", "--no-fund"];
  await runCommand(install, { cwd: project, env: environment(project) });
  const command = `${project}/node_modules/.bin/${name}`;
  const run = Bun.spawnSync([command, "--version"], { stderr: "pipe" });
  expect(run.exitCode).toBe(1);
  expect(run.stderr.toString()).toContain(`${name}-${HOST?.name}, which has the program`);
  const env = { ...process.env, CANDOR_BINARY: PROGRAM };
  expect(Bun.spawnSync([command, "--version"], { env }).stdout.toString()).toBe(`${version}\n`);
});

test("the main package names the program of every target, in exactly its own version", () => {
  const { optionalDependencies } = describeMainPackage();
  const names = TARGETS.map((target) => [platformPackageName(target), version]);
  expect(optionalDependencies).toEqual(Object.fromEntries(names));
});

test("the main package says of the library what the library says of itself", () => {
  const exported = { "./fetch": { types: "./fetch.d.ts", default: "./fetch.js" } };
  expect(describeMainPackage({ exports: exported, sideEffects: false })).toMatchObject({
    name,
    bin: { [name]: "bin/candor.js" },
    exports: exported,
    sideEffects: false,
  });
});
