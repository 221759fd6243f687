import type { Reading } from "./agent.ts";
import { AGENTS } from "./agents.ts";
import { runAgent } from "./run-agent.ts";

// bun main.ts FOLDER AGENT BASE_URL MODEL KIND: one run of one agent, as the matrix asks for it.
const [installed = "", name = "", baseUrl = "", model = ""] = Bun.argv.slice(2);
const agent = AGENTS[name];
if (agent === undefined) throw new Error(`There is no agent ${name}.`);
const ending = await runAgent(agent, installed, baseUrl, model);
// One that had to be ended has told its user nothing; the matrix sees that by its own clock.
if (ending === undefined) await Bun.sleep(60_000);
else report(agent.read(ending));

function report({ text, failure }: Reading): void {
  const message = failure?.message ?? "";
  const line = {
    text,
    outcome: failure === undefined ? "answer" : "error",
    class: failure?.class ?? null,
    status: failure?.status ?? statusIn(message),
    message,
    crash: /TypeError|SyntaxError|ZodError|ValidationError|panicked at/.test(message),
  };
  console.log(JSON.stringify(line));
}

/** The status that a person reads in the words, or null. */
function statusIn(words: string): number | null {
  const found = /(?<![\w.-])([45]\d\d)(?![\w-])/.exec(words);
  return found === null ? null : Number(found[1]);
}
