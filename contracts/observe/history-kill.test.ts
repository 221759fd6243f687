import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { openHistory } from "../../src/observe/history.ts";

/** The last number that a process told, once it has told one above `least`. */
async function lastNumber(output: ReadableStream<Uint8Array>, least: number): Promise<number> {
  let told = "";
  for await (const chunk of output) {
    told += new TextDecoder().decode(chunk);
    const number = Number(told.trim().split("\n").at(-1));
    if (number >= least) return number;
  }
  throw new Error(`the writer has ended after ${told}`);
}

test("after a kill in the middle of writing, the history is whole but for the last batch", async () => {
  const folder = mkdtempSync(`${tmpdir()}/candor-kill-`);
  const file = `${folder}/history.db`;
  for (const least of [500, 1000]) {
    const script = `${import.meta.dir}/history-writer.ts`;
    const writer = Bun.spawn([process.execPath, script, file], { stdout: "pipe" });
    const told = await lastNumber(writer.stdout, least);
    writer.kill("SIGKILL");
    await writer.exited;
    const reader = new Database(file);
    expect(reader.query("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    const { rows } = reader
      .query<{ rows: number }, []>("SELECT count(*) AS rows FROM exchanges")
      .get() ?? { rows: 0 };
    expect(rows).toBeGreaterThanOrEqual(told);
    reader.close();
  }
  const history = openHistory({ file, onProblem: (problem) => expect.unreachable(problem) });
  expect(history.query(0, 1e15).records.length).toBeGreaterThan(1000);
  history.close();
  rmSync(folder, { recursive: true });
});
