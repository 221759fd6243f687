import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { warnOfResets } from "./migrate-requests.ts";

test("who shares a port is warned, unless Linux hands waiting connections over", async () => {
  await using folder = {
    path: await mkdtemp(join(tmpdir(), "candor-")),
    async [Symbol.asyncDispose]() {
      await rm(this.path, { recursive: true });
    },
  };
  const warningsFor = async (setting?: string) => {
    const file = join(folder.path, setting ?? "missing");
    if (setting !== undefined) await Bun.write(file, `${setting}\n`);
    const warnings: string[] = [];
    await warnOfResets({ warn: (text) => void warnings.push(text) }, file);
    return warnings;
  };
  const warning = expect.stringContaining("net.ipv4.tcp_migrate_req is not 1");
  expect(await warningsFor("1")).toEqual([]);
  expect(await warningsFor("0")).toEqual([warning]);
  // A kernel before 5.14, or another system, does not have it.
  expect(await warningsFor()).toEqual([warning]);
});
