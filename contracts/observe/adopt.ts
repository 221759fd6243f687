import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parseRecording } from "../../src/recordings/fixtures.ts";

const SECRETS = /sk-or-|sk-ant-|sk-proj-|bearer |authorization|"(user|org)_[A-Za-z0-9]{20,}"/i;
const FIXTURES = `${import.meta.dir}/../../fixtures`;

/**
 * Puts a captured recording among the fixtures, under a name that says what is special about it.
 * Returns its place and the place of the expectation that it needs, or what is wrong.
 */
export function adopt(
  file: string,
  name: string,
  fixtures = FIXTURES,
): { fixture: string; expectation: string } | { problem: string } {
  const text = readFileSync(file, "utf8");
  const { origin, ...exchange } = parseRecording(text);
  if (!/^[a-z0-9-]+$/.test(name)) return { problem: "A name has lower case, digits and hyphens." };
  if (SECRETS.test(JSON.stringify(exchange)))
    return { problem: `${file} holds a key or an account.` };
  const endpoint = basename(dirname(file));
  const fixture = join(fixtures, endpoint, `${name}.json`);
  if (existsSync(fixture)) return { problem: `${fixture} exists already.` };
  mkdirSync(dirname(fixture), { recursive: true });
  writeFileSync(fixture, `${JSON.stringify({ origin, ...exchange }, null, 2)}\n`);
  return { fixture, expectation: `contracts/expected/${endpoint}/${name}.json` };
}

if (import.meta.main) {
  const [file, name] = process.argv.slice(2);
  if (file === undefined || name === undefined) {
    console.error("usage: bun contracts/observe/adopt.ts CAPTURED NAME");
    process.exit(2);
  }
  const adopted = adopt(file, name);
  if ("problem" in adopted) {
    console.error(adopted.problem);
    process.exit(1);
  }
  const main = `${import.meta.dir}/../../src/main.ts`;
  Bun.spawnSync([process.execPath, main, "explain", adopted.fixture], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  console.log(`\nIt is ${adopted.fixture}. Say in ${adopted.expectation} what a client must get.`);
}
