import { readConfig } from "../config/config.ts";
import { variableName } from "../config/names.ts";
import { type Config, SETTINGS, shownDefault } from "../config/schema.ts";
import { SETTING_FLAGS } from "../config/setting-flags.ts";
import { type Command, refused } from "./command.ts";
import { printable, printableLine } from "./printable.ts";
import { formatTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** Prints the settings that are in effect, and where each was given. */
export const configCommand: Command = {
  name: "config",
  summary: "print the settings that are in effect, and where each comes from",
  flags: SETTING_FLAGS,
  help: `Prints the settings that candor serve would have with the same flags and environment, and where
each comes from: a flag, a variable, a file, or the default. Secrets are never shown.

Usage:
  candor config [settings]
`,
  async run(words, { environment, output }) {
    const reading = readConfig(environment, words);
    if ("problems" in reading) return refused(reading.problems);
    const { config, sources, warnings } = reading;
    return { text: settingsTable(config, sources, output), problems: warnings, exitCode: 0 };
  },
};

/** A line for each setting: its variable, its value, where it comes from. */
function settingsTable(config: Config, sources: Map<string, string>, terminal: Terminal): string {
  const values = new Map<string, unknown>(Object.entries(config));
  const rows = SETTINGS.map(([setting, schema]) => {
    const from = sources.get(setting);
    const value = values.get(setting);
    const open = value === undefined ? shownDefault(schema) : show(value);
    const shown = schema["secret"] === true ? hidden(setting, config) : open;
    const row = [variableName(setting), printableLine(shown), printable(from ?? "default")];
    return from === undefined ? row : row.map((cell) => terminal.paint("bold", cell));
  });
  return formatTable(rows, terminal.width);
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(",");
  return String(value);
}

/** That there is a secret, and of callers' keys their names. */
function hidden(setting: string, { openrouterApiKey, proxyApiKeys }: Config): string {
  if (setting === "openrouterApiKey")
    return openrouterApiKey === undefined ? "none" : "set, not shown";
  const names = proxyApiKeys.map(({ name }) => name ?? "(no name)");
  return names.length === 0 ? "none" : `${names.join(", ")}; not shown`;
}
