import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { SimulatedResponse } from "../../src/commands/simulate/simulated-response.ts";
import { startSimulator } from "../../src/commands/simulate/simulator.ts";
import { jsonAnswer } from "../harness/upstream-answers.ts";
import { fixtureOf } from "../harness/ways.ts";
import { buildTheLibrary, runOnNode } from "./node.ts";

const FOLDER = `${import.meta.dir}/examples`;
const EXAMPLES = readdirSync(FOLDER).toSorted();

const NO_CREDITS = jsonAnswer(200, { error: { code: 402, message: "Insufficient credits" } });

let answer: (path: string) => SimulatedResponse | undefined = () => undefined;
const simulator = startSimulator({ answer: ({ path }) => answer(path) });

beforeAll(buildTheLibrary, 60_000);
afterAll(() => simulator.stop());

test("docs/fetch.md shows every example as it is run", () => {
  const page = readFileSync("docs/fetch.md", "utf8");
  for (const example of EXAMPLES) {
    expect(page).toContain(`\`\`\`ts\n${readFileSync(`${FOLDER}/${example}`, "utf8")}\`\`\`\n`);
  }
});

test.each(EXAMPLES)(
  "on Node, the example %s prints the text of an answer",
  async (example) => {
    answer = (path) =>
      fixtureOf(
        path.endsWith("/messages") ? "messages/200-success" : "chat-completions/200-documented",
      ).response;
    const { output, trouble, code } = await runExample(example);
    expect(trouble).not.toContain("Error");
    expect(output).toMatch(/The capital of France|I'm doing well/);
    expect(code).toBe(0);
  },
  30_000,
);

test.each(EXAMPLES)(
  "on Node, the example %s fails with a status that a 200 hid",
  async (example) => {
    answer = () => NO_CREDITS;
    const { trouble, code } = await runExample(example);
    expect(trouble).toMatch(/Error/);
    expect(trouble).toMatch(/\b402\b/);
    expect(trouble).toContain("Insufficient credits");
    expect(code).toBe(1);
  },
  30_000,
);

/** Runs an example against the simulator in place of OpenRouter. */
function runExample(example: string) {
  const api = simulator.url.replace(/\/v1$/, "");
  return runOnNode(`examples/${example}`, {
    edit: (text) => text.replaceAll("https://openrouter.ai/api", api),
  });
}
