import { type TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { doubtfulSettings, unsafeCombinations } from "./combinations.ts";
import { variableName } from "./names.ts";
import { allowedValues, Config, SETTINGS } from "./schema.ts";
import { collectSettings, type Given, type ReadText } from "./sources.ts";

export { isLoopback } from "./loopback.ts";
export type { Config } from "./schema.ts";

/**
 * The settings, what is doubtful about them, and where each that is not its default was given; or a
 * sentence for each thing that is wrong.
 */
export type ConfigReading =
  | { config: Config; warnings: string[]; sources: Map<string, string> }
  | { problems: string[] };

/** Reads the settings from an environment, a command line, and the file that this names. */
export function readConfig(
  environment: Record<string, string | undefined>,
  flags: string[],
  readText?: ReadText,
): ConfigReading {
  const collected = collectSettings(environment, flags, readText);
  if ("problems" in collected) return collected;
  const values: Record<string, unknown> = {};
  const sources = new Map<string, string>();
  const problems: string[] = [];
  for (const [setting, schema] of SETTINGS) {
    const given = collected.given.get(setting);
    const value = given === undefined ? schema["default"] : readValue(schema, given.text);
    // What has neither a value nor a default is optional.
    if (value === undefined) continue;
    values[setting] = value;
    if (given !== undefined) sources.set(setting, given.from);
    if (!Value.Check(schema, value)) problems.push(describeProblem(setting, schema, given));
  }
  if (problems.length > 0) return { problems };
  const config = Value.Decode(Config, values);
  const refusals = unsafeCombinations(config);
  if (refusals.length > 0) return { problems: refusals };
  return { config, warnings: doubtfulSettings(config), sources };
}

/** A text as the schema's kind of value; left as it is where it cannot be one, for `Check` to find. */
function readValue(schema: TSchema, text: string): unknown {
  if (schema["type"] === "array") return text.split(",").map((item) => item.trim());
  if (schema["type"] === "boolean" && /^(true|false)$/.test(text)) return text === "true";
  const isNumber = Value.Check(schema, 1) || schema["type"] === "integer";
  return isNumber && /^\d+$/.test(text) ? Number(text) : text;
}

function describeProblem(setting: string, schema: TSchema, given: Given | undefined): string {
  const { text = "", from } = given ?? {};
  // A URL may hold a password, and its query a key.
  const isShown = schema["secret"] !== true && !text.includes("@");
  const part = schema["format"] === "http-url" ? text.replace(/([?#]).*$/s, "$1…") : text;
  const shown = isShown ? `"${part}"` : "a value that is not shown";
  const name = variableName(setting);
  // Where it stands is plain but for a file.
  const isElsewhere = from !== undefined && from !== name && !from.startsWith("the flag --");
  const place = isElsewhere ? ` (${from})` : "";
  return `${name} is ${shown}${place}; ${allowedValues(schema)} is allowed (${schema.description})`;
}
