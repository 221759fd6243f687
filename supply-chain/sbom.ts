import { writeFileSync } from "node:fs";
import {
  Contrib,
  Enums,
  Models,
  Serialize,
  Spec,
  SPDX,
  Validation,
} from "@cyclonedx/cyclonedx-library";
import { type Manifest, readBundle, readBunLicense, readOwnManifest } from "./bundle.ts";

// `bun run sbom`: writes what the executable is made of, as CycloneDX. What is not valid is an error.
const PATH = "dist/candor.cdx.json";
const { ComponentType } = Enums;

/** Given for a release, whose files are to be the same whoever makes them: no clock, no chance. */
const epoch = process.env["SOURCE_DATE_EPOCH"];
const BUILT_AT = epoch === undefined ? undefined : new Date(Number(epoch) * 1000);

const json = new Serialize.JsonSerializer(
  new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6),
).serialize(describeExecutable(), { sortLists: true, space: 2 });
const flaws = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(json);
if (flaws !== null) throw new Error(`This is not CycloneDX 1.6: ${JSON.stringify(flaws)}`);
writeFileSync(`${import.meta.dir}/../${PATH}`, `${json}\n`);
console.log(PATH);

/** The executable: Candor, the packages that were bundled into it, and Bun. */
function describeExecutable(): Models.Bom {
  const own = readOwnManifest();
  const manifests = readBundle().map(({ manifest }) => manifest);
  const candor = describePackage(own, ComponentType.Application);
  const bun = describeBun();
  const components = new Map(
    manifests.map((manifest) => [manifest.name, describePackage(manifest, ComponentType.Library)]),
  );
  for (const manifest of [own, ...manifests]) {
    const component = components.get(manifest.name) ?? candor;
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
      const dependency = components.get(name);
      if (dependency !== undefined) component.dependencies.add(dependency.bomRef);
    }
  }
  candor.dependencies.add(bun.bomRef);
  return new Models.Bom({
    ...(BUILT_AT === undefined ? { serialNumber: Contrib.Bom.Utils.randomSerialNumber() } : {}),
    metadata: new Models.Metadata({ timestamp: BUILT_AT ?? new Date(), component: candor }),
    components: new Models.ComponentRepository([...components.values(), bun]),
  });
}

function describePackage(manifest: Manifest, type: Enums.ComponentType): Models.Component {
  const { name, version, license } = manifest;
  const id = SPDX.fixupSpdxId(license);
  if (id === undefined) throw new Error(`${name}: ${license} is no SPDX licence.`);
  const licenses = new Models.LicenseRepository([new Models.SpdxLicense(id)]);
  const component = new Models.Component(type, name, { ...identify(name, version), licenses });
  // Candor is not a package of the registry.
  if (type === ComponentType.Application) delete component.purl;
  return component;
}

function describeBun(): Models.Component {
  const text = new Models.Attachment(readBunLicense(), { contentType: "text/markdown" });
  const license = new Models.NamedLicense("MIT, and the licences of what Bun links", { text });
  return new Models.Component(ComponentType.Platform, "bun", {
    ...identify("bun", Bun.version),
    licenses: new Models.LicenseRepository([license]),
  });
}

/** A package URL (ECMA-427) writes the `@` of a scope as `%40`. */
function identify(name: string, version: string) {
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  return { version, bomRef: `${name}@${version}`, purl };
}
