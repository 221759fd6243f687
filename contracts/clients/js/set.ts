import { cp } from "node:fs/promises";
import { join } from "node:path";
import { installFrozen } from "../install.ts";
import type { ClientSet, SetClient } from "../client-set.ts";
import manifest from "./package.json" with { type: "json" };

const VERSIONS: Record<string, string> = manifest.dependencies;

/** The SDKs of JavaScript, in Node. */
export const set: ClientSet = {
  name: "js",
  toolchain: { program: "node", missing: "Install Node 20 or newer, https://nodejs.org." },
  async install(folder) {
    await cp(import.meta.dir, folder, { recursive: true });
    await installFrozen(["bun", "install", "--frozen-lockfile", "--silent"], folder);
  },
  clients: [
    client("openai", "openai.mjs", { advice: "`maxRetries: 0` for one request only." }),
    client("openai", "openai-responses.mjs", {
      name: "openai, responses",
      endpoint: "responses",
      advice: "`maxRetries: 0` for one request only.",
    }),
    client("@anthropic-ai/sdk", "anthropic.mjs", {
      endpoint: "messages",
      advice: "`maxRetries: 0` for one request only.",
    }),
    client("ai", "ai.mjs openrouter", {
      name: "@openrouter/ai-sdk-provider",
      version: `${VERSIONS["@openrouter/ai-sdk-provider"]} (ai ${VERSIONS["ai"]})`,
      paths: ["/v1", "/api/v1"],
      advice: "`maxRetries` of the call.",
    }),
    client("@ai-sdk/openai-compatible", "ai.mjs compatible", {
      advice: "`maxRetries` of the call.",
    }),
    client("@langchain/openai", "langchain.mjs openai", {
      advice: "`maxRetries`: by default it tries a 5xx for minutes, a 429 only with `Retry-After`.",
    }),
    client("@langchain/openrouter", "langchain.mjs openrouter", {
      paths: ["/v1", "/api/v1"],
      advice: "`maxRetries`: by default it tries a 5xx for minutes, a 429 only with `Retry-After`.",
    }),
    client("@openrouter/sdk", "openrouter.mjs", {
      paths: ["/v1", "/api/v1"],
      advice: '`retryConfig: { strategy: "none" }`: it repeats a 5xx for an hour.',
    }),
    client("@mastra/core", "mastra.mjs", { advice: "`maxRetries` of the agent; by default 0." }),
  ],
  notes: `\`@langchain/openrouter\` reads no error in a stream. Its user sees one only as the \`finish_reason\`
\`error\` among \`response_metadata\`, which counts as told here, or where the connection breaks.`,
};

function client(packageName: string, program: string, more: Partial<SetClient>): SetClient {
  const [file = "", ...words] = program.split(" ");
  return {
    name: packageName,
    version: VERSIONS[packageName] ?? "",
    endpoint: "chat",
    kinds: ["plain", "stream", "tools"],
    paths: ["/v1"],
    command: (folder) => ["node", join(folder, file), ...words],
    readsLines: true,
    ...more,
  };
}
