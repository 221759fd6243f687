import { parseArgs } from "node:util";

/** How `bun run clients` is called. */
export interface ClientsOptions {
  sets: string[];
  client: string;
  situation: string;
  isStraightOnly: boolean;
  jobs: number;
  page: string;
}

/** What `bun run clients --help` prints, with the names of the sets that there are. */
export function clientsHelp(sets: string[]): string {
  return `Runs real clients against a scripted OpenRouter, straight and through dist/candor.

Usage:
  bun run clients [--set NAME]... [--client WORD] [--situation WORD] [--straight-only] [--jobs N]

  --set NAME         only this set; may stand several times. By default all: ${sets.join(", ")}
  --client WORD      only the client of this name, or all with this word in theirs
  --situation WORD   only the situation of this name, or all with this word in theirs
  --straight-only    without Candor: what clients make of OpenRouter itself
  --jobs N           clients at the same time, by default 3
  --page FILE        the page to renew, by default docs/clients.md

What a set needs is installed once, into ~/.cache/candor-clients or CANDOR_CLIENTS_CACHE.
CANDOR_BINARY=FILE takes another binary than dist/candor, and does not build.
The page is renewed only by whole sets, so not with --client, --situation or --straight-only.

Exit code: 0 where no client is worse off with Candor than without it, 1 where one is, 2 where a set
could not be run or the call is wrong.`;
}

/** Reads the call, or says what is wrong with it. */
export function readClientsOptions(
  words: string[],
  sets: string[],
): ClientsOptions | { problem: string } {
  try {
    const { values } = parseArgs({
      args: words,
      options: {
        set: { type: "string", multiple: true, default: sets },
        client: { type: "string", default: "" },
        situation: { type: "string", default: "" },
        "straight-only": { type: "boolean", default: false },
        jobs: { type: "string", default: "3" },
        page: { type: "string", default: "docs/clients.md" },
      },
    });
    const unknown = values.set.find((name) => !sets.includes(name));
    if (unknown !== undefined) throw new Error(`There is no set ${unknown}: ${sets.join(", ")}`);
    const jobs = Number(values.jobs);
    if (!Number.isInteger(jobs) || jobs < 1) throw new Error("--jobs has to be a whole number");
    const { client, situation, page } = values;
    const isStraightOnly = values["straight-only"];
    return { sets: values.set, client, situation, isStraightOnly, jobs, page };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
