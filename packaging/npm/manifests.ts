import packageJson from "../../package.json" with { type: "json" };
import { programFile, type Target, TARGETS } from "../targets.ts";
import { PACKAGE_NAME, platformPackageName } from "./package-names.ts";

/** The file of the main package that npm links as the command. */
export const SHIM_FILE = "bin/candor.js";

/** What the manifest of the library says, as `bun run build:npm` writes it; all of it is kept. */
export type LibraryManifest = Record<string, unknown>;

const { version, license, description } = packageJson;
const shared = { version, license };

/** The manifest of the package that users install: the command, and the library where it is built. */
export function describeMainPackage(library: LibraryManifest = {}) {
  return {
    ...library,
    name: PACKAGE_NAME,
    ...shared,
    description,
    type: "module",
    bin: { [PACKAGE_NAME]: SHIM_FILE },
    engines: { node: ">=20" },
    // Exact: a shim and a program of two versions are never mixed.
    optionalDependencies: Object.fromEntries(
      TARGETS.map((target) => [platformPackageName(target), version]),
    ),
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
