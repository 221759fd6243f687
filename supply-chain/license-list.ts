import { type BundledPackage, readBundle, readBunLicense } from "./bundle.ts";

const RULE = "-".repeat(80);

/** The text of `THIRD-PARTY-LICENSES.txt`: what is inside the executable, and under which licences. */
export function describeLicenses(): string {
  const bundle = readBundle();
  const names = bundle.map(({ manifest }) => `  ${nameAndLicense(manifest)}`);
  return [
    "The executable holds these packages:\n",
    ...names,
    `\nand Bun ${Bun.version}, which runs them: MIT, but for what it links. JavaScriptCore (LGPL-2.0) and`,
    "TinyCC (LGPL-2.1) are among it. To put Candor onto a Bun that was relinked with others, build it\nfrom its source with `bun build --compile --compile-executable-path`.\n",
    ...bundle.map(describePackage),
    `${RULE}\nBun ${Bun.version}, as its documentation says\n${RULE}\n\n${readBunLicense()}\n`,
  ].join("\n");
}

function describePackage({ manifest, licenseText }: BundledPackage): string {
  return `${RULE}\n${nameAndLicense(manifest)}\n${RULE}\n\n${licenseText}\n`;
}

function nameAndLicense({ name, version, license }: BundledPackage["manifest"]): string {
  return `${name} ${version}: ${license}`;
}
