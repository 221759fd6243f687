import { expect, test } from "bun:test";

const ROOT = new URL("../..", import.meta.url).pathname;
const ROW = /^\| [^|]+ \| `([^`|]+)` \| "([^"]+)" \|$/gm;

const rows = [...(await Bun.file(`${ROOT}SECURITY.md`).text()).matchAll(ROW)];

test("SECURITY.md names tests behind its promises", () => {
  expect(rows.length).toBeGreaterThanOrEqual(8);
});

test.each(rows.map(([, file = "", name = ""]) => [file, name]))(
  "%s has the test that SECURITY.md names: %s",
  async (file, name) => {
    expect(await Bun.file(ROOT + file).text()).toContain(`"${name}"`);
  },
);
