import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "bun:test";
import { EXPECTED } from "../expected/expected.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const atTop = readdirSync(ROOT).filter((name) => name.endsWith(".md"));
const below = readdirSync(`${ROOT}/docs`).filter((name) => name.endsWith(".md"));
const PAGES = [...atTop, ...below.map((name) => `docs/${name}`)];

/** The headings of a page as GitHub makes anchors of them. */
function anchorsOf(path: string): string[] {
  const headings = readFileSync(path, "utf8").matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, words = ""]) =>
    words
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Links of a page to files of the project, outside of code. */
function linksOf(page: string): string[] {
  const text = readFileSync(join(ROOT, page), "utf8").replaceAll(/```[^]*?```/g, "");
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links.filter((link) => !/^\w+:/.test(link));
}

/** Where a page is read: docs/npm.md is the README of the package. */
function folderOf(page: string): string {
  return join(ROOT, page === "docs/npm.md" ? "" : dirname(page));
}

test.each(PAGES)("every link in %s leads somewhere", (page) => {
  const dead = linksOf(page).filter((link) => {
    const [file = "", anchor] = link.split("#");
    const path = file === "" ? join(ROOT, page) : join(folderOf(page), file);
    if (!existsSync(path)) return true;
    return anchor !== undefined && !anchorsOf(path).includes(anchor);
  });
  expect(dead).toEqual([]);
});

const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const table = readme.split("## What upstream says, and what you get")[1]?.split("\n## ")[0] ?? "";
const ROWS = table.split("\n").flatMap((line) => {
  const [, said = "", got = ""] = line.split("| ");
  return [...said.matchAll(/\(fixtures\/(\S+)\.json\)/g)].map(([, name = ""]) => ({ name, got }));
});

test("the README fits 150 lines, and its table has more than 20 cases", () => {
  expect(readme.trimEnd().split("\n").length).toBeLessThanOrEqual(150);
  expect(ROWS.length).toBeGreaterThan(20);
});

test.each(ROWS)("the README says what a client gets for $name: $got", ({ name, got }) => {
  const expected = EXPECTED.get(name);
  const status = expected?.outcome === "error" ? [String(expected.status)] : [];
  expect([...got.matchAll(/\b[45]\d\d\b/g)].map(([told]) => told)).toEqual(status);
  expect(got.includes("byte for byte")).toBe(expected?.outcome === "untouched");
  const isBroken = expected?.outcome === "ends" && expected.end === "broken";
  expect(got.includes("broken connection")).toBe(isBroken);
});
