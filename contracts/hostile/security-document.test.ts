import { expect, test } from "bun:test";

const ROOT = new URL("../..", import.meta.url).pathname;
const ROW = /^\| [^|]+ \| `([^`|]+)` \| "([^"]+)" \|$/gm;

const document = await Bun.file(`${ROOT}SECURITY.md`).text();
const rows = [...document.matchAll(ROW)];

test.each([
  "Who may call",
  "Keys",
  "What crosses",
  "Limits",
  "Request smuggling",
  "The executable",
])("the promises of SECURITY.md about %s have tests behind them", (heading) => {
  const [, section = ""] = document.split(`\n## ${heading}\n`);
  const [promises = ""] = section.split("\n## ");
  expect([...promises.matchAll(ROW)].length).toBeGreaterThanOrEqual(2);
});

test.each(rows.map(([, file = "", name = ""]) => [file, name]))(
  "%s has the test that SECURITY.md names: %s",
  async (file, name) => {
    expect(await Bun.file(ROOT + file).text()).toContain(`"${name}"`);
  },
);
