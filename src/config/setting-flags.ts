import type { FlagTable } from "./flags.ts";
import { flagName } from "./names.ts";
import { SETTINGS, wordsOf } from "./schema.ts";

/** The flags that set the settings. */
export const SETTING_FLAGS: FlagTable = Object.fromEntries(
  SETTINGS.map(([setting, schema]) => {
    const values = wordsOf(schema);
    return [flagName(setting), { type: "string" as const, ...(values.length > 0 && { values }) }];
  }),
);
