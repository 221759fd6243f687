import { readFileSync } from "node:fs";
import { markdownTable } from "../../../bench/statistics.ts";
import type { Client } from "./client.ts";
import { CLIENTS, type Observation, type Trial } from "./run.ts";
import { type Situation, SITUATIONS } from "./situations.ts";

const LONGEST_QUOTE = 12;

/** A client by its packages and its endpoint: `openai, chat`. */
export function nameOf({ packages, endpoint }: Client): string {
  return `${packages.join(" with ")}, ${endpoint.replace("-completions", "")}`;
}

/** The versions that were judged: `openai 7.57.0, ai 7.0.173`. */
export function describeVersions(): string {
  const names = [...new Set(CLIENTS.flatMap(({ packages }) => packages))];
  return names.map((name) => `${name} ${versionOf(name)}`).join(", ");
}

/** Two rows for each client, without Candor and with it, and a column for each situation. */
export function outcomesTable(trials: Trial[]): string {
  const head = ["client", "Candor", ...SITUATIONS.map(({ name }) => name)];
  const rows = CLIENTS.flatMap((client) => {
    const cells = (side: "without" | "with") =>
      SITUATIONS.map((situation) => {
        const trial = trials.find((one) => one.client === client && one.situation === situation);
        return trial === undefined ? "" : describe(trial[side], situation);
      });
    return [
      [nameOf(client), "without", ...cells("without")],
      ["", "**with**", ...cells("with")],
    ];
  });
  return markdownTable([head, ...rows]);
}

/** An observation in a few words: `"Hel", then APIError, code provider_unavailable`. */
function describe({ outcome, requests }: Observation, { isHealthy }: Situation): string {
  const { text, failure } = outcome;
  const quote = text === "" ? "" : JSON.stringify(shorten(text));
  if (failure === undefined) return isHealthy ? quote : `${quote || "empty"}, no error`;
  const { error, status, code } = failure;
  const detail = status === undefined ? code && `, code ${code}` : ` ${status}`;
  const words = `${quote && `${quote}, then `}${error}${detail ?? ""}`;
  return requests === 1 ? words : `${words}, ${requests} requests`;
}

function shorten(text: string): string {
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE).trim()}…` : text;
}

/** The version that is installed. */
function versionOf(name: string): string {
  const manifest = `${import.meta.dir}/../../../node_modules/${name}/package.json`;
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, "utf8"));
  return version;
}
