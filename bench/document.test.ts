import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writePart } from "./document.ts";

test("a measured part of a document is replaced, and nothing else of it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "candor-document-"));
  const file = join(folder, "page.md");
  await Bun.write(file, "# Page\n\n<!-- cost -->\nold\n<!-- end of cost -->\n\nThe rest.\n");
  await writePart(file, "cost", "new\n");
  expect(await Bun.file(file).text()).toBe(
    "# Page\n\n<!-- cost -->\nnew\n<!-- end of cost -->\n\nThe rest.\n",
  );
  await expect(writePart(file, "memory", "new")).rejects.toThrow('has no part "memory"');
  await rm(folder, { recursive: true });
});
