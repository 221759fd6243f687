import { parseArgs } from "node:util";
import { type TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { doubtfulSettings, unsafeCombinations } from "./combinations.ts";
import { flagName, variableName } from "./names.ts";
import { allowedValues, Config, SETTINGS } from "./schema.ts";

export { isLoopback } from "./loopback.ts";
export type { Config } from "./schema.ts";

/** The settings and what is doubtful about them, or a sentence for each thing that is wrong. */
export type ConfigReading = { config: Config; warnings: string[] } | { problems: string[] };

/** Reads the settings from an environment and the flags of a command line. */
export function readConfig(
  environment: Record<string, string | undefined>,
  flags: string[],
): ConfigReading {
  const given = readFlags(
    SETTINGS.map(([setting]) => flagName(setting)),
    flags,
  );
  if ("problem" in given) return { problems: [given.problem] };
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [setting, schema] of SETTINGS) {
    // An empty variable is how compose files leave one out.
    const text =
      given.values[flagName(setting)] ?? (environment[variableName(setting)] || undefined);
    const value = text === undefined ? schema["default"] : readValue(schema, text);
    // What has neither a value nor a default is optional.
    if (value === undefined) continue;
    values[setting] = value;
    if (!Value.Check(schema, value)) problems.push(describeProblem(setting, schema, text));
  }
  if (problems.length > 0) return { problems };
  const config = Value.Decode(Config, values);
  const refusals = unsafeCombinations(config);
  if (refusals.length > 0) return { problems: refusals };
  return { config, warnings: doubtfulSettings(config) };
}

/** The values of the flags, or what is wrong with them. */
function readFlags(names: string[], flags: string[]) {
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  try {
    const { values, positionals } = parseArgs({ args: flags, options, allowPositionals: true });
    if (positionals.length === 0) return { values };
    return { problem: "a word is neither a command nor a setting (not shown: it may be a key)" };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** A text as the schema's kind of value; left as it is where it cannot be one, for `Check` to find. */
function readValue(schema: TSchema, text: string): unknown {
  if (schema["type"] === "array") return text.split(",").map((item) => item.trim());
  if (schema["type"] === "boolean" && /^(true|false)$/.test(text)) return text === "true";
  const isNumber = Value.Check(schema, 1) || schema["type"] === "integer";
  return isNumber && /^\d+$/.test(text) ? Number(text) : text;
}

function describeProblem(setting: string, schema: TSchema, text: string | undefined): string {
  // A URL may hold a password.
  const isShown = schema["secret"] !== true && !text?.includes("@");
  // The query of a URL may hold a key.
  const part = schema["format"] === "http-url" ? text?.replace(/([?#]).*$/s, "$1…") : text;
  const shown = isShown ? `"${part}"` : "a value that is not shown";
  return `${variableName(setting)} is ${shown}; ${allowedValues(schema)} is allowed (${schema.description})`;
}
