import { expect, test } from "bun:test";
import { variableName } from "./names.ts";
import { SETTINGS } from "./schema.ts";
import { settingsDocument } from "./settings-document.ts";

test("docs/settings.md is what the schema says: where this fails, run bun run docs", async () => {
  const written = await Bun.file(`${import.meta.dir}/../../docs/settings.md`).text();
  expect(written).toBe(settingsDocument());
});

test("the page has a row for every setting", () => {
  const page = settingsDocument();
  for (const [setting] of SETTINGS) expect(page).toContain(`| \`${variableName(setting)}\`<br>`);
});
