import packageJson from "../../package.json" with { type: "json" };
import thirdPartyLicenses from "../../THIRD-PARTY-LICENSES.txt" with { type: "text" };

/**
 * What `candor licenses` prints: Candor's own licence, then name, version, licence and licence text
 * of everything else that is inside the executable.
 */
export function printableLicenses(): string {
  const { name, version, license } = packageJson;
  return `${name} ${version}: ${license}\n\n${thirdPartyLicenses}`;
}
