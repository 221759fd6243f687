import type { FlagTable } from "../config/flags.ts";
import type { Send } from "../proxy/upstream-call.ts";
import type { Terminal } from "./terminal.ts";

/** One thing that the program can be asked to do. */
export interface Command {
  name: string;
  /** What it does, in one line of `candor help`. */
  summary: string;
  /** What `candor help <name>` prints. */
  help: string;
  flags: FlagTable;
  /** Resolves when it is done; never, where it serves until a signal ends the process. */
  run(words: string[], around: Surroundings): Promise<Ending>;
}

/** What a command may use of the process that it runs in. */
export interface Surroundings {
  environment: Record<string, string | undefined>;
  /** Candor's version. */
  version: string;
  send: Send;
  /** Prints at once, for what is not over with the command. */
  print(text: string): void;
  output: Terminal;
  errors: Terminal;
}

/** How a command ended: what to print, what was wrong, and the exit status. */
export interface Ending {
  text?: string;
  problems?: string[];
  exitCode: number;
}

/** The exit status of a call, a setting or a file that is wrong. */
export const WRONG_CALL = 2;

/** The end of a command that was called wrongly. */
export function refused(problems: string[]): Ending {
  return { problems, exitCode: WRONG_CALL };
}

/** What is wrong with a call, from the error that a reader of flags threw. */
export function problemsOf(error: unknown, usage: string): { problems: string[] } {
  return { problems: [error instanceof Error ? error.message : String(error), `usage: ${usage}`] };
}
