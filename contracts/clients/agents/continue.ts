import { join } from "node:path";
import { type Agent, PROMPT } from "./agent.ts";

/** Continue's CLI with its OpenRouter provider. */
export const continueCli: Agent = {
  package: "@continuedev/cli",
  version: "1.5.47",
  folder: "continue",
  program: "cn",
  async prepare({ home, baseUrl, model }) {
    const settings = `name: candor
version: 1.0.0
schema: v1
models:
  - name: any
    provider: openrouter
    model: ${model}
    apiKey: any
    apiBase: ${baseUrl}
    roles: [chat]
`;
    await Bun.write(join(home, "config.yaml"), settings);
    return {
      words: ["--config", join(home, "config.yaml"), "-p", PROMPT],
      environment: {
        CONTINUE_GLOBAL_DIR: join(home, ".continue"),
        CONTINUE_CLI_ENABLE_TELEMETRY: "0",
        CONTINUE_METRICS_ENABLED: "0",
        CONTINUE_TELEMETRY_ENABLED: "0",
      },
    };
  },
  read({ stdout, stderr, exitCode }) {
    const text = stdout.trim();
    if (exitCode === 0) return { text };
    const message = stderr.trim() || text;
    return { text, failure: { class: `exit status ${exitCode}`, message } };
  },
};
