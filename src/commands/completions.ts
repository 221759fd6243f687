import type { FlagTable } from "../config/flags.ts";
import { didYouMean } from "../config/nearest.ts";
import { type Command, refused } from "./command.ts";
import { BY_DEFAULT } from "./find-command.ts";

const WRITERS: Record<string, (commands: Command[]) => string> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

const SHELLS = Object.keys(WRITERS).join(", ");

/** Creates the command that prints a shell's completions. `commands` is asked when it runs. */
export function createCompletions(commands: () => Command[]): Command {
  return {
    name: "completions",
    summary: "print the completions for a shell: bash, zsh or fish",
    flags: {},
    help: `Prints a script that lets a shell complete Candor's commands and flags.

Usage:
  candor completions bash > ~/.local/share/bash-completion/completions/candor
  candor completions zsh > ~/.zfunc/_candor
  candor completions fish > ~/.config/fish/completions/candor.fish
`,
    async run([shell = ""]) {
      const write = Object.hasOwn(WRITERS, shell) ? WRITERS[shell] : undefined;
      if (write !== undefined) return { text: write(commands()), exitCode: 0 };
      return refused([
        `one of ${SHELLS} has to be given${didYouMean(shell, Object.keys(WRITERS))}`,
      ]);
    },
  };
}

/** A flag with the words that it takes. */
interface Flag {
  name: string;
  values: string[];
}

function flagsOf(flags: FlagTable): Flag[] {
  return Object.entries(flags).map(([name, { values = [] }]) => ({ name, values }));
}

function bashScript(commands: Command[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  const words = commands.map(({ name, flags }) => {
    const shown = [...flagsOf(flags).map((flag) => `--${flag.name}`), "--help"].join(" ");
    return `    ${name}) words="${shown}" ;;`;
  });
  const values = valueCases(commands).map(
    ([command, flag, list]) => `    ${command}:--${flag}) words="${list}" ;;`,
  );
  return `_candor() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} words=
  local command=\${COMP_WORDS[1]}
  case $command in -*) command=${BY_DEFAULT} ;; esac
  case $command in
${words.join("\n")}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${names} --help --version"; fi
  case $command:$prev in
${values.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _candor candor
`;
}

function zshScript(commands: Command[]): string {
  const described = commands.map(({ name, summary }) => `    '${name}:${quoted(summary)}'`);
  const cases = commands.map(({ name, flags }) => {
    const specs = flagsOf(flags).map(({ name: flag, values }) => {
      const takes = flags[flag]?.type === "string";
      return `'--${flag}${takes ? `:${flag}:${values.length > 0 ? `(${values.join(" ")})` : "_files"}` : ""}'`;
    });
    return `    ${name}) _arguments '--help' ${specs.join(" ")} '*:file:_files' ;;`;
  });
  return `#compdef candor
_candor() {
  local -a commands
  commands=(
${described.join("\n")}
  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe command commands
    return
  fi
  local command=$words[2]
  [[ $command == -* ]] && command=${BY_DEFAULT} || { shift words; (( CURRENT-- )) }
  case $command in
${cases.join("\n")}
  esac
}
if [ "$funcstack[1]" = _candor ]; then _candor "$@"; else compdef _candor candor; fi
`;
}

function fishScript(commands: Command[]): string {
  const lines = commands.flatMap(({ name, summary, flags }) => [
    `complete -c candor -f -n __fish_use_subcommand -a ${name} -d '${quoted(summary)}'`,
    `complete -c candor -n '${conditionOf(name)}' -l help`,
    ...flagsOf(flags).map(({ name: flag, values }) => {
      const takes = flags[flag]?.type === "string" ? " -r" : "";
      const list = values.length > 0 ? ` -f -a '${values.join(" ")}'` : "";
      return `complete -c candor -n '${conditionOf(name)}' -l ${flag}${takes}${list}`;
    }),
  ]);
  return `${lines.join("\n")}\n`;
}

/** The proxy's flags go without its name, too. */
function conditionOf(command: string): string {
  const isNamed = `__fish_seen_subcommand_from ${command}`;
  return command === BY_DEFAULT ? `__fish_use_subcommand; or ${isNamed}` : isNamed;
}

/** Each flag that takes one of some words, with these. */
function valueCases(commands: Command[]): [command: string, flag: string, list: string][] {
  return commands.flatMap(({ name: command, flags }) =>
    flagsOf(flags)
      .filter(({ values }) => values.length > 0)
      .map(({ name, values }): [string, string, string] => [command, name, values.join(" ")]),
  );
}

/** Within single quotes, as each of the shells reads it. */
function quoted(text: string): string {
  return text.replaceAll("'", "").replaceAll(":", " -");
}
