import { flagName, variableName } from "./names.ts";
import { SETTINGS, shownDefault } from "./schema.ts";

/** How wide a help is. */
const WIDTH = 100;
const INDENT = " ".repeat(6);

/** The settings as `--help` lists them: flag, variable, meaning, default. */
export function describeSettings(): string {
  const settings = SETTINGS.map(([setting, schema]) => {
    const name = `  --${flagName(setting)}, ${variableName(setting)}`;
    const more = schema["secret"] === true ? `; ${variableName(setting)}_FILE names a file` : "";
    const text = `${schema.description}${more} (default: ${shownDefault(schema)})`;
    return `${name}\n${indented(text)}`;
  });
  const file =
    "  --config FILE\n      a TOML file with the same names; variables and flags win over it";
  return [...settings, file].join("\n");
}

function indented(text: string): string {
  const lines = Bun.wrapAnsi(text, WIDTH - INDENT.length).split("\n");
  return lines.map((line) => INDENT + line).join("\n");
}
