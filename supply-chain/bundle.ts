import { readdirSync, readFileSync } from "node:fs";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";

/** What `bun build --metafile` reports of the executable: the files that went into it, by their paths. */
const Metafile = Type.Object({ inputs: Type.Record(Type.String(), Type.Unknown()) });

/** What a package says of itself. All of it is kept; these are the fields that are read here. */
const Manifest = Type.Object({
  name: Type.String({ minLength: 1 }),
  version: Type.String({ minLength: 1 }),
  license: Type.String({ minLength: 1 }),
  dependencies: Type.Optional(Type.Record(Type.String(), Type.String())),
  peerDependencies: Type.Optional(Type.Record(Type.String(), Type.String())),
});
export type Manifest = Static<typeof Manifest>;

/** A package whose code is inside the executable. */
export interface BundledPackage {
  manifest: Manifest;
  /** What its licence files say. */
  licenseText: string;
}

const ROOT = `${import.meta.dir}/..`;
const METAFILE = `${ROOT}/dist/candor.meta.json`;
const PACKAGE_FOLDER = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;
const LICENSE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-]|$)/i;

/**
 * The packages inside the executable that was built last, by name. It is the bundler that knows
 * them: what package managers list is more (types) and less (what only a peer dependency needs).
 * Throws where there is no build, or a package has no licence.
 */
export function readBundle(): BundledPackage[] {
  const { inputs } = Value.Parse(Metafile, readJson(METAFILE));
  const folders = Object.keys(inputs).flatMap((path) => PACKAGE_FOLDER.exec(path) ?? []);
  const packages = [...new Set(folders)].map((folder) => readPackage(`${ROOT}/${folder}`));
  return packages.toSorted((one, other) => (one.manifest.name < other.manifest.name ? -1 : 1));
}

/** Candor's own manifest. */
export function readOwnManifest(): Manifest {
  return Value.Parse(Manifest, readJson(`${ROOT}/package.json`));
}

/** What Bun publishes about its own licence, and those of all that it links, for this version of it. */
export function readBunLicense(): string {
  const folder = `${ROOT}/node_modules/bun-types`;
  const { version } = Value.Parse(Manifest, readJson(`${folder}/package.json`));
  if (version !== Bun.version) throw new Error(`This is Bun ${Bun.version}, not ${version}.`);
  const page = readFileSync(`${folder}/docs/project/license.mdx`, "utf8");
  // The page begins with a few lines for the site that shows it.
  return page.replace(/^---\n.*?\n---\n/s, "").trim();
}

function readPackage(folder: string): BundledPackage {
  const manifest = Value.Parse(Manifest, readJson(`${folder}/package.json`));
  const files = readdirSync(folder).filter((file) => LICENSE_FILE.test(file));
  const texts = files.map((file) => readFileSync(`${folder}/${file}`, "utf8").trim());
  if (texts.length === 0) throw new Error(`${manifest.name} has no licence file.`);
  return { manifest, licenseText: texts.join("\n\n").replaceAll("\r\n", "\n") };
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}
