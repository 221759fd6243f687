import { expect, test } from "bun:test";
import packageJson from "../../package.json" with { type: "json" };
import { printableLicenses } from "../../src/commands/licenses.ts";
import { readBundle } from "../../supply-chain/bundle.ts";
import { describeLicenses } from "../../supply-chain/license-list.ts";

/** Licences that ask for no more than to be quoted. */
const PERMISSIVE = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"];

test("the bundler finds the packages that are imported, and what they import", () => {
  const names = readBundle().map(({ manifest }) => manifest.name);
  expect(names).toContainValues(Object.keys(packageJson.dependencies));
  expect(names).toContain("memoirist");
});

test("every package inside the executable is listed with its version, licence and text", () => {
  const printed = printableLicenses();
  for (const { manifest, licenseText } of readBundle()) {
    const { name, version, license } = manifest;
    expect(printed).toContain(`\n  ${name} ${version}: ${license}\n`);
    expect(licenseText).toMatch(/Permission|Redistribution|Apache License/);
    expect(printed).toContain(licenseText);
  }
});

test("the list is the one that the executable's packages give, and has no other", () => {
  // Where this fails, a package came, went or changed: `bun run licenses` renews the list.
  expect(printableLicenses()).toEndWith(describeLicenses());
});

test("every licence of a package is a permissive one", () => {
  for (const { manifest } of readBundle()) expect(PERMISSIVE).toContain(manifest.license);
});

test("Bun is listed with its version and with what it links under another licence", () => {
  const printed = printableLicenses();
  expect(printed).toContain(`Bun ${Bun.version}, as its documentation says`);
  expect(printed).toContain("Bun statically links JavaScriptCore (and WebKit), which is LGPL-2");
  expect(printed).toMatch(/tinycc.* LGPL v2\.1/);
});

test("candor licenses prints the same from its source and from the executable", () => {
  for (const command of [["bun", "src/main.ts"], ["dist/candor"]]) {
    const { exitCode, stdout } = Bun.spawnSync([...command, "licenses"]);
    expect([exitCode, stdout.toString()]).toEqual([0, `${printableLicenses()}\n`]);
  }
});
