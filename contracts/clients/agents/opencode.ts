import { join } from "node:path";
import { type Agent, type Ending, PROMPT, type Reading } from "./agent.ts";
import { at, textAt } from "./fields.ts";

/** opencode with its own OpenRouter provider. */
export const opencode: Agent = {
  package: "opencode-ai",
  version: "1.18.33",
  folder: "opencode",
  program: "opencode",
  async prepare({ workFolder, baseUrl, model }) {
    const limit = { context: 128_000, output: 4096 };
    await Bun.write(
      join(workFolder, "opencode.json"),
      JSON.stringify({
        autoupdate: false,
        share: "disabled",
        provider: {
          openrouter: {
            options: { baseURL: baseUrl, apiKey: "any" },
            models: { [model]: { name: model, limit } },
          },
        },
      }),
    );
    return {
      // With a title given, it does not ask for one in a second request.
      words: ["run", "--format", "json", "--title", "Hello", "-m", `openrouter/${model}`, PROMPT],
      environment: {
        OPENCODE_DISABLE_AUTOUPDATE: "1",
        OPENCODE_DISABLE_MODELS_FETCH: "1",
        OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
        OPENCODE_DISABLE_SHARE: "1",
      },
    };
  },
  read: readOpencode,
};

function readOpencode({ events, stderr, exitCode }: Ending): Reading {
  const text = events
    .filter((event) => event["type"] === "text")
    .map((event) => textAt(event, "part", "text"))
    .join("");
  const error = at(
    events.findLast((event) => event["type"] === "error"),
    "error",
  );
  if (error !== undefined) {
    const status = at(error, "data", "statusCode");
    const message = textAt(error, "data", "message") || JSON.stringify(error);
    const name = textAt(error, "name");
    return {
      text,
      failure: { class: name, message, ...(typeof status === "number" && { status }) },
    };
  }
  if (exitCode === 0) return { text };
  return { text, failure: { class: `exit status ${exitCode}`, message: stderr.trim() } };
}
