import packageJson from "../../package.json" with { type: "json" };
import { programFile, type Target, TARGETS } from "../targets.ts";
import { PACKAGE_NAME, platformPackageName } from "./package-names.ts";

/** The file of the main package that npm links as the command. */
export const SHIM_FILE = "bin/candor.js";

/** A part of the library: what `import "candor/…"` names, built into `dist/npm/` by itself. */
export type LibraryEntry = (typeof LIBRARY_ENTRIES)[number];

/** All parts of the library. */
export const LIBRARY_ENTRIES = ["fetch", "elysia"] as const;

const { version, license, description } = packageJson;
const shared = { version, license };

/** The manifest of the package that users install, with these parts of the library. */
export function describeMainPackage(entries: readonly LibraryEntry[]) {
  return {
    name: PACKAGE_NAME,
    ...shared,
    description,
    keywords: ["openrouter", "openai", "anthropic", "proxy", "gateway", "llm", "errors"],
    type: "module",
    bin: { [PACKAGE_NAME]: SHIM_FILE },
    exports: {
      ...Object.fromEntries(entries.map((entry) => [`./${entry}`, describeExport(entry)])),
      "./package.json": "./package.json",
    },
    engines: { node: ">=20" },
    // Exact: a shim and a program of two versions are never mixed.
    optionalDependencies: Object.fromEntries(
      TARGETS.map((target) => [platformPackageName(target), version]),
    ),
    ...(entries.includes("elysia") ? describeElysiaPeer() : {}),
  };
}

/** The manifest of the package that holds the program for one target. */
export function describePlatformPackage(target: Target) {
  const { os, cpu, libc } = target;
  return {
    name: platformPackageName(target),
    ...shared,
    description: `The program of ${PACKAGE_NAME} for ${target.name}`,
    os: [os],
    cpu: [cpu],
    ...(libc === undefined ? {} : { libc: [libc.name] }),
    files: [programFile(target), "THIRD-PARTY-LICENSES.txt"],
    // Yarn must not leave the program inside of an archive.
    preferUnplugged: true,
  };
}

function describeExport(entry: LibraryEntry) {
  return { types: `./lib/${entry}.d.ts`, default: `./lib/${entry}.js` };
}

/** Whoever uses the plugin has Elysia; nobody else needs it. */
function describeElysiaPeer() {
  return {
    peerDependencies: { elysia: `^${packageJson.dependencies.elysia}` },
    peerDependenciesMeta: { elysia: { optional: true } },
  };
}
