import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { writeOnce } from "./write-once.ts";

const newFolder = () => mkdtempSync(`${tmpdir()}/candor-`);

test("a file that came meanwhile is not overwritten, and no link is followed", () => {
  const folder = newFolder();
  writeFileSync(`${folder}/there.json`, "first");
  symlinkSync(`${folder}/there.json`, `${folder}/link.json`);
  symlinkSync(`${folder}/nowhere.json`, `${folder}/dangling.json`);
  for (const name of ["there", "link", "dangling"]) {
    expect(() => writeOnce(`${folder}/${name}.json`, "second")).toThrow("EEXIST");
  }
  expect(readFileSync(`${folder}/there.json`, "utf8")).toBe("first");
  expect(existsSync(`${folder}/nowhere.json`)).toBe(false);
});

test("where the file cannot be made, the folders made for it are gone again", () => {
  const folder = newFolder();
  const tooLong = `${"x".repeat(300)}.json`;
  expect(() => writeOnce(`${folder}/a/b/${tooLong}`, "text")).toThrow("ENAMETOOLONG");
  expect(existsSync(`${folder}/a`)).toBe(false);
  expect(existsSync(folder)).toBe(true);
});

test("folders are made as they are needed", () => {
  const file = `${newFolder()}/a/b/c.json`;
  writeOnce(file, "text");
  expect(readFileSync(file, "utf8")).toBe("text");
});
