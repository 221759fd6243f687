import { readFileSync } from "node:fs";
import { type FileReading, readConfigFile } from "./config-file.ts";
import { parseFlags } from "./flags.ts";
import { variableName } from "./names.ts";
import { didYouMean } from "./nearest.ts";
import { SETTINGS } from "./schema.ts";
import { CONFIG_FLAG, SETTING_FLAGS } from "./setting-flags.ts";

/** What was given for a setting, and where: `the flag --port`, `PORT`, `candor.toml`. */
export interface Given {
  text: string;
  from: string;
}

/** What was given for the settings, by their names; or what is wrong with where it stands. */
export type SourcesReading = { given: Map<string, Given> } | { problems: string[] };

/** Gives the text of a file; throws where it cannot be read. */
export type ReadText = (path: string) => string;

/** One place at which settings stand: a text by the name of a variable. */
interface Source {
  find: (variable: string) => string | undefined;
  nameOf: (setting: string, ending: string) => string;
}

/** A secret is read from a file that is named where this is added to its name. */
const FILE_ENDING = "_FILE";

/** The largest file of settings or of a secret. */
const MOST_CHARACTERS = 1_000_000;

/** Collects what is given: a flag wins over a variable, and that over the configuration file. */
export function collectSettings(
  environment: Record<string, string | undefined>,
  flags: string[],
  readText: ReadText = (path) => readFileSync(path, "utf8"),
): SourcesReading {
  const flagged = readFlags(flags);
  if ("problems" in flagged) return flagged;
  const file = flagged.values.get(CONFIG_FLAG);
  const filed =
    file === undefined ? { values: new Map<string, string>() } : openFile(file, readText);
  if ("problems" in filed) return filed;
  const sources: Source[] = [
    {
      find: (variable) => flagged.values.get(flagOf(variable)),
      nameOf: (setting, ending) => `the flag --${flagOf(variableName(setting) + ending)}`,
    },
    {
      // An empty variable is how compose files leave one out.
      find: (variable) => environment[variable] || undefined,
      nameOf: (setting, ending) => variableName(setting) + ending,
    },
    { find: (variable) => filed.values.get(variable), nameOf: () => String(file) },
  ];
  return readSources(sources, readText);
}

function readSources(sources: Source[], readText: ReadText): SourcesReading {
  const given = new Map<string, Given>();
  const problems: string[] = [];
  for (const [setting, schema] of SETTINGS) {
    for (const source of sources) {
      const read = readSetting(setting, schema["secret"] === true, source, readText);
      if (read === undefined) continue;
      if ("problem" in read) problems.push(read.problem);
      else given.set(setting, read);
      break;
    }
  }
  return problems.length > 0 ? { problems } : { given };
}

function readSetting(
  setting: string,
  isSecret: boolean,
  { find, nameOf }: Source,
  readText: ReadText,
): Given | { problem: string } | undefined {
  const variable = variableName(setting);
  const text = find(variable);
  const path = isSecret ? find(variable + FILE_ENDING) : undefined;
  if (path === undefined)
    return text === undefined ? undefined : { text, from: nameOf(setting, "") };
  if (text !== undefined) {
    return { problem: `${variable} and ${variable}${FILE_ENDING} are both given; one has to go` };
  }
  const secret = readSecret(path, readText);
  if (secret !== undefined) return { text: secret, from: nameOf(setting, FILE_ENDING) };
  return { problem: `${variable}${FILE_ENDING} is "${path}", which cannot be read, or is empty` };
}

/** A secret from a file: lines are items of a list, and white space around them is none of it. */
function readSecret(path: string, readText: ReadText): string | undefined {
  try {
    const lines = readText(path).slice(0, MOST_CHARACTERS).split("\n");
    return (
      lines
        .map((line) => line.trim())
        .filter((line) => line !== "")
        .join(",") || undefined
    );
  } catch {
    return undefined;
  }
}

function openFile(file: string, readText: ReadText): FileReading {
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    return { problems: [`--config is "${file}", which cannot be read${code}`] };
  }
  if (text.length > MOST_CHARACTERS) return { problems: [`${file} is too large to be settings`] };
  const reading = readConfigFile(text, file);
  if ("problems" in reading) return reading;
  const known = Object.keys(SETTING_FLAGS).filter((flag) => flag !== CONFIG_FLAG);
  const names = known.map((flag) => flag.toUpperCase().replaceAll("-", "_"));
  const unknown = [...reading.values.keys()].filter((name) => !names.includes(name));
  if (unknown.length === 0) return reading;
  return {
    problems: unknown.map(
      (name) => `${file}: there is no setting ${name}${didYouMean(name, names)}`,
    ),
  };
}

/** The values of the flags by name, or what is wrong with them. */
function readFlags(flags: string[]): FileReading {
  try {
    const { values, positionals } = parseFlags(flags, SETTING_FLAGS);
    if (positionals.length > 0) {
      return {
        problems: ["a word is neither a command nor a setting (not shown: it may be a key)"],
      };
    }
    const texts = Object.entries(values).filter((entry): entry is [string, string] => {
      return typeof entry[1] === "string";
    });
    return { values: new Map(texts) };
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)] };
  }
}

function flagOf(variable: string): string {
  return variable.toLowerCase().replaceAll("_", "-");
}
