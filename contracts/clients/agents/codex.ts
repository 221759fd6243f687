import { join } from "node:path";
import { type Agent, type Ending, PROMPT, type Reading, type Start } from "./agent.ts";
import { at, textAt } from "./fields.ts";

/** Asks nobody but the provider: no analytics, no feedback, no look for a new version. */
const QUIET_SETTINGS = `check_for_update_on_startup = false
[analytics]
enabled = false
[feedback]
enabled = false
`;

const CODEX = { package: "@openai/codex", version: "0.171.0", folder: "codex", program: "codex" };

/** Codex CLI with a provider of the user's own, as OpenRouter's documentation sets it up. */
export const codex: Agent = {
  ...CODEX,
  async prepare({ home, baseUrl, model }) {
    const settings = `model_provider = "candor"
${QUIET_SETTINGS}
[model_providers.candor]
name = "Candor"
base_url = "${baseUrl}"
env_key = "OPENROUTER_API_KEY"
wire_api = "responses"
`;
    await Bun.write(join(home, ".codex/config.toml"), settings);
    return start(model, { OPENROUTER_API_KEY: "any" });
  },
  read: readCodex,
};

/** Codex CLI logged in with ChatGPT: it tries a WebSocket first, and compresses with zstd. */
export const codexWithLogin: Agent = {
  ...CODEX,
  async prepare({ home, baseUrl, model }) {
    const settings = `openai_base_url = "${baseUrl}"
chatgpt_base_url = "${new URL("/backend-api", baseUrl)}"
${QUIET_SETTINGS}`;
    await Bun.write(join(home, ".codex/config.toml"), settings);
    await Bun.write(join(home, ".codex/auth.json"), JSON.stringify(madeUpLogin()));
    return start(model, {});
  },
  read: readCodex,
};

function start(model: string, environment: Record<string, string>): Start {
  const words = ["exec", "--json", "--skip-git-repo-check", "--ephemeral", "-s", "read-only"];
  return { words: [...words, "-m", model, PROMPT], environment };
}

/** What `codex login` leaves behind, of somebody who does not exist. */
function madeUpLogin() {
  const account = "00000000-0000-0000-0000-000000000000";
  const claims = {
    email: "nobody@example.com",
    exp: 4102444800,
    "https://api.openai.com/auth": {
      chatgpt_plan_type: "plus",
      chatgpt_account_id: account,
      chatgpt_user_id: "nobody",
    },
  };
  const token = `${part({ alg: "none", typ: "JWT" })}.${part(claims)}.bm9uZQ`;
  return {
    OPENAI_API_KEY: null,
    tokens: { id_token: token, access_token: token, refresh_token: "none", account_id: account },
    last_refresh: new Date().toISOString(),
  };
}

/** A part of a token: JSON in the URL's base64. */
function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function readCodex({ events, stderr, exitCode }: Ending): Reading {
  const messages = events
    .map((event) => at(event, "item"))
    .filter((item) => at(item, "type") === "agent_message");
  const text = messages.map((item) => textAt(item, "text")).join("");
  const failed = events.find((event) => event["type"] === "turn.failed");
  if (failed !== undefined) {
    const message = textAt(failed, "error", "message");
    // `unexpected status 402 Payment Required: …`, `exceeded retry limit, last status: 429 …`,
    // `You’ve hit your usage limit. Status 429: …`
    const status = /\bstatus:? (\d{3})\b/i.exec(message)?.[1];
    return {
      text,
      failure: { class: "turn.failed", message, ...(status && { status: Number(status) }) },
    };
  }
  if (exitCode === 0) return { text };
  return { text, failure: { class: `exit status ${exitCode}`, message: stderr.trim() } };
}
