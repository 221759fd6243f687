import { type Agent, type Ending, PROMPT, type Reading } from "./agent.ts";
import { at, textAt } from "./fields.ts";

/** Claude Code, whose base URL is OpenRouter's without `/v1`. */
export const claudeCode: Agent = {
  package: "@anthropic-ai/claude-code",
  version: "2.1.332",
  folder: "claude-code",
  program: "claude",
  async prepare({ baseUrl, model }) {
    const format = ["--output-format", "stream-json", "--include-partial-messages", "--verbose"];
    return {
      words: ["-p", PROMPT, ...format],
      environment: {
        ANTHROPIC_BASE_URL: baseUrl.replace(/\/v1$/, ""),
        ANTHROPIC_AUTH_TOKEN: "any",
        ANTHROPIC_MODEL: model,
        ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
        DISABLE_AUTOUPDATER: "1",
      },
    };
  },
  read: readClaudeCode,
};

function readClaudeCode({ events, stderr, exitCode }: Ending): Reading {
  const result = events.findLast((event) => event["type"] === "result");
  const text = streamedText(events);
  if (result === undefined) {
    return { text, failure: { class: `exit status ${exitCode}`, message: stderr.trim() } };
  }
  if (result["is_error"] !== true) return { text: textAt(result, "result") };
  const status = result["api_error_status"];
  const message = textAt(result, "result") || JSON.stringify(result["errors"]);
  return {
    text,
    failure: {
      // It says `success` for a turn that ended with an error of the API.
      class: textAt(result, "subtype").replace("success", "API error"),
      message,
      ...(typeof status === "number" && { status }),
    },
  };
}

/** The text of the last answer that began. */
function streamedText(events: Record<string, unknown>[]): string {
  const begin = events.findLastIndex((one) => at(one, "event", "type") === "message_start");
  return events
    .slice(Math.max(0, begin))
    .map((event) => textAt(event, "event", "delta", "text"))
    .join("");
}
