import { flagName, variableName } from "./names.ts";
import { SETTINGS, shownDefault } from "./schema.ts";

/** The settings as `--help` lists them: flag, variable, meaning, default. */
export function describeSettings(): string {
  return SETTINGS.map(([setting, schema]) => {
    const name = `  --${flagName(setting)}, ${variableName(setting)}`;
    return `${name}\n      ${schema.description} (default: ${shownDefault(schema)})`;
  }).join("\n");
}
