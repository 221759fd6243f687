import { parseArgs } from "node:util";
import { didYouMean } from "./nearest.ts";

/** The flags of a command, by name. `values` are the words that one takes, for completion. */
export type FlagTable = Record<
  string,
  { type: "string" | "boolean"; short?: string; multiple?: boolean; values?: string[] }
>;

/** What a flag of no value, and one of any value, look like in a table. */
export const SWITCH = { type: "boolean" } as const;
export const TEXT = { type: "string" } as const;

/**
 * The values of the flags on a command line, and the words beside them. Throws an error whose
 * message is one sentence that names the flag.
 */
export function parseFlags<T extends FlagTable>(words: string[], flags: T, allowNegative = false) {
  try {
    return parseArgs({ args: words, options: flags, allowPositionals: true, allowNegative });
  } catch (error) {
    throw new Error(describeProblem(error, flags), { cause: error });
  }
}

function describeProblem(error: unknown, flags: FlagTable): string {
  const message = error instanceof Error ? error.message : String(error);
  // `Unknown option '--prot'`, `Option '-H, --header <value>' argument missing`.
  const [, flag = ""] = /'(?:-\w, )?(--?[\w-]+)/.exec(message) ?? [];
  const name = flag.replace(/^--?/, "");
  if (message.startsWith("Unknown option")) {
    const known = Object.keys(flags).map((one) => `--${one}`);
    return `there is no flag ${flag}${didYouMean(flag, known)}`;
  }
  const isText = flags[name]?.type === "string";
  if (flag === "") return message;
  return isText ? `${flag} needs a value` : `${flag} takes no value`;
}
