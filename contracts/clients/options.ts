import { parseArgs } from "node:util";

/** How `bun run clients` is called. */
export interface ClientsOptions {
  sets: string[];
  clients: string[];
  without: string[];
  situations: string[];
  isForPage: boolean;
  isStraightOnly: boolean;
  jobs: number;
  page: string;
}

/** What `bun run clients --help` prints, with the names of the sets that there are. */
export function clientsHelp(sets: string[]): string {
  return `Runs real clients against a scripted OpenRouter, straight and through dist/candor.

Usage:
  bun run clients [--set NAME]... [--client WORD]... [--without WORD]... [--situation WORD]...
                  [--partial-page] [--straight-only] [--jobs N] [--page FILE]

  --set NAME         only this set; may stand several times. By default all: ${sets.join(", ")}
  --client WORD      only the client of this name, or all with this word in theirs; several times
  --without WORD     all but the client of this name, or all with this word in theirs; several times
  --situation WORD   only the situation of this name, or all with this word in theirs; several times
  --partial-page     renews the page also with a part of a set, beside the parts that ran before with
                     the same binary; the page says what was never run
  --straight-only    without Candor: what clients make of OpenRouter itself
  --jobs N           clients at the same time, by default 3
  --page FILE        the page to renew, by default docs/clients.md

What a set needs is installed once, into ~/.cache/candor-clients or CANDOR_CLIENTS_CACHE.
CANDOR_BINARY=FILE takes another binary than dist/candor, and does not build.
By itself, the page is renewed only by whole sets: with none of --client, --without, --situation.
With --straight-only it never is.

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
        client: { type: "string", multiple: true, default: [] },
        without: { type: "string", multiple: true, default: [] },
        situation: { type: "string", multiple: true, default: [] },
        "partial-page": { type: "boolean", default: false },
        "straight-only": { type: "boolean", default: false },
        jobs: { type: "string", default: "3" },
        page: { type: "string", default: "docs/clients.md" },
      },
    });
    const unknown = values.set.find((name) => !sets.includes(name));
    if (unknown !== undefined) throw new Error(`There is no set ${unknown}: ${sets.join(", ")}`);
    const jobs = Number(values.jobs);
    if (!Number.isInteger(jobs) || jobs < 1) throw new Error("--jobs has to be a whole number");
    const { set: chosen, client: clients, without, situation: situations, page } = values;
    const isStraightOnly = values["straight-only"];
    const isWhole = [...clients, ...without, ...situations].length === 0;
    const isForPage = !isStraightOnly && (isWhole || values["partial-page"]);
    return { sets: chosen, clients, without, situations, isForPage, isStraightOnly, jobs, page };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
