import { join } from "node:path";
import { type Agent, type Ending, PROMPT, type Reading } from "./agent.ts";
import { at, listAt, textAt } from "./fields.ts";

/** pi with its own OpenRouter provider. */
export const pi: Agent = {
  package: "@earendil-works/pi-coding-agent",
  version: "1.6.0",
  folder: "pi",
  program: "pi",
  async prepare({ home, baseUrl, model }) {
    const provider = { baseUrl, models: [{ id: model }] };
    await Bun.write(
      join(home, ".pi/agent/models.json"),
      JSON.stringify({ providers: { openrouter: provider } }),
    );
    const quiet = { PI_OFFLINE: "1", PI_TELEMETRY: "0", PI_SKIP_VERSION_CHECK: "1" };
    const asked = ["--provider", "openrouter", "--model", model, "--no-session", PROMPT];
    return {
      words: ["-p", "--mode", "json", ...asked],
      environment: { ...quiet, OPENROUTER_API_KEY: "any" },
    };
  },
  read: readPi,
};

function readPi({ events, stderr, exitCode }: Ending): Reading {
  const answer = events
    .filter((event) => event["type"] === "message_end")
    .map((event) => at(event, "message"))
    .findLast((message) => at(message, "role") === "assistant");
  const text = listAt(answer, "content")
    .map((part) => textAt(part, "text"))
    .join("");
  const reason = textAt(answer, "stopReason");
  if (answer !== undefined && reason !== "error") return { text };
  const message = textAt(answer, "errorMessage") || stderr.trim();
  return { text, failure: { class: reason || `exit status ${exitCode}`, message } };
}
