import packageJson from "../../package.json" with { type: "json" };
import type { Command } from "./command.ts";

/** Prints the version alone, for scripts. */
export const version: Command = {
  name: "version",
  summary: "print the version",
  flags: {},
  help: "Prints Candor's version.\n\nUsage:\n  candor version\n",
  async run() {
    return { text: packageJson.version, exitCode: 0 };
  },
};
