import packageJson from "../package.json" with { type: "json" };
import { type Ending, refused, type Surroundings } from "./commands/command.ts";
import { COMMANDS } from "./commands/command-table.ts";
import { findCommand } from "./commands/find-command.ts";
import { printableLine } from "./commands/printable.ts";
import { ignoreHarmlessSignals } from "./commands/signals.ts";
import { startAgainWith } from "./commands/start-again.ts";
import { describeSystemError } from "./commands/system-problem.ts";
import { terminalOf } from "./commands/terminal.ts";

/** Makes Bun print every request, with its key and its body. */
const VERBOSE_FETCH = "BUN_CONFIG_VERBOSE_FETCH";

startAgainWith({ [VERBOSE_FETCH]: "" });
ignoreHarmlessSignals();
const { text, problems = [], exitCode } = await run(Bun.argv.slice(2)).catch(explainSystemError);
if (text !== undefined) console.log(text);
for (const problem of problems) console.error(`candor: ${printableLine(problem)}`);
// Not `exit`: what is printed into a pipe may still be on its way.
process.exitCode = exitCode;

function run(words: string[]): Promise<Ending> {
  const asked = findCommand(words, COMMANDS);
  if ("problem" in asked) return Promise.resolve(refused([asked.problem]));
  const command = COMMANDS.find(({ name }) => name === asked.command);
  if (command === undefined) throw new Error(`There is no command ${asked.command}.`);
  const around: Surroundings = {
    environment: process.env,
    version: packageJson.version,
    // Without Bun's own idle limit, since an exchange has limits of its own.
    send: (url, init) => fetch(url, { ...init, timeout: false }),
    print: (line) => console.log(line),
    output: terminalOf(process.stdout, process.env),
    errors: terminalOf(process.stderr, process.env),
  };
  return command.run(asked.words, around);
}

/** Ends with what the system said: an address in use, nobody at the other end, no such folder. */
function explainSystemError(error: unknown): Ending {
  const problem = describeSystemError(error);
  if (problem === undefined) throw error;
  return refused([problem]);
}
