import { isLoopback } from "./loopback.ts";
import type { Config } from "./schema.ts";

/** A sentence for each combination of settings that would be unsafe or cannot work. */
export function unsafeCombinations(config: Config, platform: string = process.platform): string[] {
  const problems: string[] = [];
  if (config.sharePort && platform !== "linux") {
    problems.push("SHARE_PORT is true: only Linux shares a port among processes; leave it out");
  }
  const hasKey = config.openrouterApiKey !== undefined;
  if (!hasKey && config.proxyApiKeys.length > 0) {
    problems.push(
      "PROXY_API_KEYS needs OPENROUTER_API_KEY: a caller's key that is checked here is none that OpenRouter knows",
    );
  }
  if (hasKey && config.proxyApiKeys.length === 0 && !isLoopback(config.host)) {
    problems.push(
      `HOST is "${config.host}" and OPENROUTER_API_KEY is set: without PROXY_API_KEYS anybody who reaches this port would spend that key; set them, or listen on 127.0.0.1`,
    );
  }
  return problems;
}

/** A sentence for each setting that is allowed, and probably not what is meant. */
export function doubtfulSettings({ openrouterBaseUrl }: Config): string[] {
  if (new URL(openrouterBaseUrl).pathname !== "/") return [];
  return [
    `OPENROUTER_BASE_URL has no path, so that ${openrouterBaseUrl}/chat/completions is asked; OpenRouter's API begins at https://openrouter.ai/api/v1`,
  ];
}
