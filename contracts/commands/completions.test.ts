import { describe, expect, test } from "bun:test";
import { COMMANDS } from "../../src/commands/command-table.ts";
import type { Surroundings } from "../../src/commands/command.ts";
import { PLAIN } from "../../src/commands/terminal.ts";

const AROUND: Surroundings = {
  environment: {},
  version: "0",
  send: () => Promise.reject(new Error("nothing is to be sent")),
  print() {},
  output: PLAIN,
  errors: PLAIN,
};

async function scriptFor(shell: string): Promise<string> {
  const command = COMMANDS.find(({ name }) => name === "completions");
  const { text } = (await command?.run([shell], AROUND)) ?? {};
  if (text === undefined) throw new Error("There is no script.");
  return text;
}

/** What bash offers for a line whose last word is to be completed. */
async function offered(...words: string[]): Promise<string[]> {
  const line = words.map((word) => `'${word}'`).join(" ");
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _candor; echo "\${COMPREPLY[@]}"`;
  const shell = Bun.spawn(["bash", "-c", `${await scriptFor("bash")}\n${ask}`], { stdout: "pipe" });
  return (await shell.stdout.text()).trim().split(/\s+/);
}

describe("bash completes", () => {
  test("commands", async () => {
    expect(await offered("candor", "")).toContainValues(COMMANDS.map(({ name }) => name));
    expect(await offered("candor", "si")).toEqual(["simulate"]);
  });

  test("flags of a command, and of the proxy where none is named", async () => {
    expect(await offered("candor", "grade", "--ju")).toEqual(["--junit"]);
    expect(await offered("candor", "--port", "1", "--log-l")).toEqual(["--log-level"]);
  });

  test("the words that a flag takes", async () => {
    expect(await offered("candor", "serve", "--log-level", "w")).toEqual(["warn"]);
    expect(await offered("candor", "explain", "--endpoint", "m")).toEqual(["messages"]);
  });
});

test.each(["zsh", "fish"])("the script for %s names every command and flag", async (shell) => {
  const script = await scriptFor(shell);
  for (const { name, flags } of COMMANDS) {
    expect(script).toContain(name);
    for (const flag of Object.keys(flags)) expect(script).toContain(flag);
  }
});

test("a shell that there are no completions for is refused", async () => {
  const command = COMMANDS.find(({ name }) => name === "completions");
  expect(await command?.run(["fich"], AROUND)).toEqual({
    problems: ["one of bash, zsh, fish has to be given; did you mean fish?"],
    exitCode: 2,
  });
});
