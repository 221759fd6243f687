import { join } from "node:path";
import { type Agent, type Ending, PROMPT, type Reading } from "./agent.ts";
import { at, textAt } from "./fields.ts";

const PROVIDER = "openai-compatible";

/** Cline's CLI with an OpenAI-compatible provider: its OpenRouter provider takes no base URL. */
export const cline: Agent = {
  package: "cline",
  version: "3.0.65",
  folder: "cline",
  program: "cline",
  async prepare({ home, baseUrl, model }) {
    const settings = { provider: PROVIDER, apiKey: "any", model, baseUrl };
    await Bun.write(
      join(home, "data/settings/providers.json"),
      JSON.stringify({
        version: 1,
        lastUsedProvider: PROVIDER,
        modes: {},
        providers: {
          [PROVIDER]: { settings, updatedAt: new Date().toISOString(), tokenSource: "manual" },
        },
      }),
    );
    return {
      words: ["--json", "--data-dir", join(home, "data"), "-P", PROVIDER, "-m", model, PROMPT],
      environment: { CLINE_NO_AUTO_UPDATE: "1" },
    };
  },
  read: readCline,
};

function readCline({ events, stderr, exitCode }: Ending): Reading {
  const spoken = events.findLast((event) => at(event, "event", "contentType") === "text");
  const text = textAt(spoken, "event", "accumulated") || textAt(spoken, "event", "text");
  const result = events.findLast((event) => event["type"] === "run_result");
  const reason = textAt(result, "finishReason");
  if (reason === "completed" && exitCode === 0) return { text };
  const error = events.findLast((event) => event["type"] === "error");
  const message = textAt(error, "message") || textAt(result, "text") || stderr.trim();
  return { text, failure: { class: reason || `exit status ${exitCode}`, message } };
}
