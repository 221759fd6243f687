import { didYouMean } from "../config/nearest.ts";
import type { Command } from "./command.ts";

/** Which command is to be run, with which words; or why there is none. */
export type Asked = { command: string; words: string[] } | { problem: string };

/** Without a command, the proxy is started. */
export const BY_DEFAULT = "serve";

const HELP = ["--help", "-h"];
const VERSION = ["--version", "-V"];

/** Finds the command that a command line asks for. What stands behind `--` is no flag. */
export function findCommand(words: string[], commands: Pick<Command, "name">[]): Asked {
  const [first = BY_DEFAULT, ...rest] = words;
  const isNamed = !first.startsWith("-");
  const command = isNamed ? first : BY_DEFAULT;
  const names = commands.map(({ name }) => name);
  if (!names.includes(command)) {
    // The word itself is not shown: it may be a key.
    const advice = didYouMean(command, names) || "; candor help lists them";
    return { problem: `the first word is no command${advice}` };
  }
  const end = words.indexOf("--");
  const flags = end === -1 ? words : words.slice(0, end);
  if (flags.some((word) => HELP.includes(word))) {
    return { command: "help", words: isNamed ? [command] : [] };
  }
  if (flags.some((word) => VERSION.includes(word))) return { command: "version", words: [] };
  return { command, words: isNamed ? rest : words };
}
