import { closeSync, openSync, readdirSync } from "node:fs";
import { expect, test } from "bun:test";
import { countOpenFiles, findOpenFilesLimit } from "./open-files.ts";

test("files that are opened count, until they are closed", () => {
  const before = countOpenFiles() ?? 0;
  const files = Array.from({ length: 100 }, () => openSync("/dev/null", "r"));
  // Other threads may open and close some of theirs meanwhile.
  expect(countOpenFiles()).toBeWithin(before + 90, before + 110);
  for (const file of files) closeSync(file);
  expect(countOpenFiles()).toBeWithin(before - 10, before + 10);
});

test("where the folder has no size, as before Linux 6.2, its entries are counted", () => {
  expect(countOpenFiles("/proc/self/task")).toBe(readdirSync("/proc/self/task").length);
});

test("where there is no such folder, nothing is known", () => {
  expect(countOpenFiles("/nowhere")).toBeUndefined();
});

test("the limit is the process's own", async () => {
  const { promise: told, resolve } = Promise.withResolvers<unknown>();
  const program = `import { findOpenFilesLimit } from "${import.meta.dir}/open-files.ts";
    process.send(findOpenFilesLimit());`;
  const command = `ulimit -n 123; exec "${process.execPath}" -e '${program}'`;
  const child = Bun.spawn(["sh", "-c", command], { ipc: resolve });
  expect(await told).toBe(123);
  await child.exited;
});

test.each(["/dev/null", "/nowhere"])("where %s tells of no limit, there is none", (file) => {
  expect(findOpenFilesLimit(file)).toBe(Number.POSITIVE_INFINITY);
});
