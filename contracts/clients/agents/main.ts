import { AGENTS } from "./agents.ts";
import { runAgent } from "./run-agent.ts";

// bun main.ts FOLDER AGENT BASE_URL MODEL KIND: one run of one agent, as the matrix asks for it.
const [installed = "", name = "", baseUrl = "", model = ""] = Bun.argv.slice(2);
const agent = AGENTS[name];
if (agent === undefined) throw new Error(`There is no agent ${name}.`);
const home = process.env["HOME"] ?? "";
const { text, failure } = agent.read(await runAgent(agent, installed, { home, baseUrl, model }));
const message = failure?.message ?? "";

console.log(
  JSON.stringify({
    text,
    outcome: failure === undefined ? "answer" : "error",
    class: failure?.class ?? null,
    status: failure?.status ?? null,
    message,
    crash: /TypeError|SyntaxError|ZodError|ValidationError|panicked at/.test(message),
  }),
);
// An agent may leave something in the background that would keep this program alive.
process.exit(0);
