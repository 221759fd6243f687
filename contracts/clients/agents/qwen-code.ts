import { join } from "node:path";
import { type Agent, type Ending, PROMPT, type Reading } from "./agent.ts";
import { at, textAt } from "./fields.ts";

/** Qwen Code with an OpenAI-compatible provider. */
export const qwenCode: Agent = {
  package: "@qwen-code/qwen-code",
  version: "0.24.4",
  folder: "qwen-code",
  program: "qwen",
  async prepare({ home, baseUrl, model }) {
    await Bun.write(
      join(home, ".qwen/settings.json"),
      JSON.stringify({
        general: { enableAutoUpdate: false },
        privacy: { usageStatisticsEnabled: false },
        telemetry: { enabled: false },
        // Else it asks once more behind the answer, what to remember of it.
        memory: { enableManagedAutoMemory: false },
      }),
    );
    const format = ["-o", "stream-json", "--include-partial-messages"];
    return {
      words: ["--auth-type", "openai", ...format, "-p", PROMPT],
      environment: { OPENAI_API_KEY: "any", OPENAI_BASE_URL: baseUrl, OPENAI_MODEL: model },
    };
  },
  read: readQwenCode,
};

function readQwenCode({ events, stderr, exitCode }: Ending): Reading {
  const begin = events.findLastIndex((one) => at(one, "event", "type") === "message_start");
  const text = events
    .slice(Math.max(0, begin))
    .map((event) => textAt(event, "event", "delta", "text"))
    .join("");
  const result = events.findLast((event) => event["type"] === "result");
  if (result !== undefined && result["is_error"] !== true) return { text };
  const message = textAt(result, "error", "message") || textAt(result, "result") || stderr.trim();
  return {
    text,
    failure: { class: textAt(result, "subtype") || `exit status ${exitCode}`, message },
  };
}
