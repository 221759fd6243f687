import packageJson from "../../package.json" with { type: "json" };
import thirdPartyLicenses from "../../THIRD-PARTY-LICENSES.txt" with { type: "text" };
import type { Command } from "./command.ts";

/** Prints the licences of all that is inside the executable. */
export const licenses: Command = {
  name: "licenses",
  summary: "print the licences of all that is inside this program",
  flags: {},
  help: "Prints the licences of all that is inside this program.\n\nUsage:\n  candor licenses\n",
  async run() {
    return { text: printableLicenses(), exitCode: 0 };
  },
};

/**
 * What `candor licenses` prints: Candor's own licence, then name, version, licence and licence text
 * of everything else that is inside the executable.
 */
export function printableLicenses(): string {
  const { name, version, license } = packageJson;
  return `${name} ${version}: ${license}\n\n${thirdPartyLicenses}`;
}
