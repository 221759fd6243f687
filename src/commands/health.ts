import { readConfig } from "../config/config.ts";
import { SETTING_FLAGS } from "../config/setting-flags.ts";
import type { Command, Ending } from "./command.ts";
import { describeConnection } from "./connection-problem.ts";

/** Asks a running Candor whether it is well, for containers. */
export const health: Command = {
  name: "health",
  summary: "ask a running Candor whether it is well; for containers",
  flags: SETTING_FLAGS,
  help: `Asks /healthz of the address that HOST and PORT name.

Usage:
  candor health [settings]

Exit status:
  0  Candor answered that it is well
  1  it did not
`,
  async run(words, { environment }) {
    const reading = readConfig(environment, words);
    // 2 is reserved where containers are checked.
    if ("problems" in reading) return unwell(reading.problems);
    const url = `${reachableUrl(reading.config)}/healthz`;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5000), redirect: "manual" });
      await response.body?.cancel();
      return response.status === 200 ? { exitCode: 0 } : unwell([`${url} says ${response.status}`]);
    } catch (error) {
      return unwell([describeConnection(error, url).words]);
    }
  },
};

/** Where a server that listens on this address is reached from the same machine. */
export function reachableUrl({ host, port }: { host: string; port: number }): string {
  const bare = host.replace(/^\[|\]$/g, "");
  const name = bare === "0.0.0.0" ? "127.0.0.1" : bare === "::" ? "::1" : bare;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

function unwell(problems: string[]): Ending {
  return { problems, exitCode: 1 };
}
