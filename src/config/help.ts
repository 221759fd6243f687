import { flagName, variableName } from "./names.ts";
import { SETTINGS, shownDefault } from "./schema.ts";

/** The settings as `--help` lists them: flag, variable, meaning, default. */
export function describeSettings(): string {
  const settings = SETTINGS.map(([setting, schema]) => {
    const name = `  --${flagName(setting)}, ${variableName(setting)}`;
    const more = schema["secret"] === true ? `; ${variableName(setting)}_FILE names a file` : "";
    return `${name}\n      ${schema.description}${more} (default: ${shownDefault(schema)})`;
  });
  const file =
    "  --config FILE\n      a TOML file with the same names; variables and flags win over it";
  return [...settings, file].join("\n");
}
