import { isUtf8 } from "node:buffer";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { expect, test } from "bun:test";
import { loadFixtures } from "../../src/recordings/fixtures.ts";
import { chunkBytes } from "../../src/recordings/recording.ts";
import { EXPECTED, loadExpectations } from "../expected/expected.ts";

const SECRETS = /sk-or-|sk-ant-|sk-proj-|bearer |authorization|"(user|org)_[A-Za-z0-9]{20,}"/i;

test("every file in fixtures is a recording, and there are at least 120", () => {
  // Loading throws if a file is no recording.
  expect(loadFixtures().size).toBeGreaterThanOrEqual(120);
});

test("every fixture has an expectation of its name, and every expectation a fixture", () => {
  expect([...EXPECTED.keys()]).toEqual([...loadFixtures().keys()]);
});

test("a file that is no expectation is named, with what is wrong in it", () => {
  using folder = makeFolder({ "keys/200-list.json": '{"outcome":"untouched","rule":"none"}' });
  expect(() => loadExpectations(folder.path)).toThrow(/keys\/200-list\.json is not an expectation/);
});

test.each([...loadFixtures()])("%s holds no key and names no account", (_name, fixture) => {
  const { origin: _origin, ...exchange } = fixture;
  expect(JSON.stringify(exchange)).not.toMatch(SECRETS);
});

test.each([...loadFixtures()])("%s says where it is known from", (_name, { origin }) => {
  // A recording is made by `candor record`; what others published is a reconstruction.
  if (origin.kind === "recorded") expect(origin.note).toStartWith("recorded by candor");
  else expect(origin.note.length).toBeGreaterThan(20);
});

test.each([...loadFixtures()])("%s can be read, where it is text", (_name, { response }) => {
  const coded = response.chunks.filter((chunk) => "base64" in chunk);
  expect(coded.filter((chunk) => isUtf8(chunkBytes(chunk)))).toEqual([]);
});

/** A folder with these files, gone at the end of its scope. */
function makeFolder(files: Record<string, string>): { path: string } & Disposable {
  const path = mkdtempSync(`${tmpdir()}/candor-expected-`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(`${path}/${name}`), { recursive: true });
    writeFileSync(`${path}/${name}`, text);
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}
