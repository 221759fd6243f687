import type { Client } from "./client.ts";

/** A client by its packages and its endpoint: `openai, chat`. */
export function nameOf({ packages, endpoint }: Client): string {
  return `${packages.join(" with ")}, ${endpoint.replace("-completions", "")}`;
}
