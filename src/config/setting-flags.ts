import type { FlagTable } from "./flags.ts";
import { flagName } from "./names.ts";
import { SETTINGS, wordsOf } from "./schema.ts";

/** The flag that names a configuration file. */
export const CONFIG_FLAG = "config";

/** The flags that set the settings; a secret has a second one, for a file that holds it. */
export const SETTING_FLAGS: FlagTable = {
  ...Object.fromEntries(
    SETTINGS.flatMap(([setting, schema]): [string, FlagTable[string]][] => {
      const name = flagName(setting);
      if (schema["secret"] === true) {
        return [
          [name, { type: "string" }],
          [`${name}-file`, { type: "string" }],
        ];
      }
      const values = wordsOf(schema);
      return [[name, { type: "string", ...(values.length > 0 && { values }) }]];
    }),
  ),
  [CONFIG_FLAG]: { type: "string" },
};
