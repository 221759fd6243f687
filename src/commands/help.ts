import packageJson from "../../package.json" with { type: "json" };
import { describeSettings } from "../config/help.ts";
import { didYouMean } from "../config/nearest.ts";
import { type Command, refused } from "./command.ts";

/** Creates the command that explains the others. `commands` is asked once they are all there. */
export function createHelp(commands: () => Command[]): Command {
  return {
    name: "help",
    summary: "explain a command: candor help grade",
    flags: {},
    help: "Explains a command, or lists all.\n\nUsage:\n  candor help [COMMAND]\n",
    async run([name]) {
      if (name === undefined) return { text: listCommands(commands()), exitCode: 0 };
      const command = commands().find((candidate) => candidate.name === name);
      if (command !== undefined) return { text: command.help, exitCode: 0 };
      const names = commands().map((candidate) => candidate.name);
      return refused([
        `there is no such command${didYouMean(name, names) || ": candor help lists all"}`,
      ]);
    },
  };
}

/** What `candor help` prints. */
function listCommands(commands: Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `candor ${packageJson.version}: ${packageJson.description}

Usage:
  candor [COMMAND] [words]

Commands:
${lines.join("\n")}

  candor COMMAND --help   explains one of them
  candor demo             shows Candor at work, without a key

Settings of candor serve, as a flag or as an environment variable; the flag wins:
${describeSettings()}
`;
}
