import { markdownTable } from "../../bench/statistics.ts";
import type { SetClient } from "./client-set.ts";
import { type Grade, gradeOf } from "./judge.ts";
import { kindFor, type Trial, type Way } from "./matrix.ts";
import type { Seen } from "./seen.ts";
import { type Situation, SITUATIONS } from "./situations.ts";
import { worseList } from "./worse.ts";

/** What a set's part of the page is made of. */
export interface SetResult {
  name: string;
  /** All that the set has; the trials tell which of them were run. */
  clients: SetClient[];
  trials: Trial[];
  /** What a reader should know besides, in Markdown. */
  notes: string;
  /** From a measurement of another kind. */
  markdown: string;
}

const SILENT: Grade[] = ["silent success"];
const WAYS: Way[] = ["straight", "/v1", "/api/v1"];

const HEAD = `# What real clients get

\`bun run clients\` puts real clients before a scripted OpenRouter that fails in every way that is
known of it, straight and through Candor, and writes this page. Each set is run by itself.

- *Taken for success*: failures of which nothing told the caller. *Right*: the caller got the answer,
  or an error of the client's own kind, with the true status where the client has one.
- In the tables of what a caller gets, a cell has the name of the error, its status where the caller
  can read one, and the requests that reached upstream where there was more than one.
  **Bold** is what is not right: \`silent success\`, \`crash\` (of the client's parser), \`hangs\`,
  \`tries in vain\` (again and again, what cannot help).
- Every client runs with its own defaults. A silent stream is given up by Candor after 2 s here, after
  \`STREAM_IDLE_TIMEOUT_MS\` elsewhere; straight, most clients wait for ten minutes.
`;

/**
 * The page with a set's part put in the place of its old one, the sets in alphabetical order. It says
 * which of all sets it has nothing of.
 */
export function renewPage(page: string, result: SetResult, sets: string[]): string {
  const parts = new Map<string, string>();
  const found = page.matchAll(/<!-- set: (\S+) -->\n[^]*?<!-- end of \1 -->/g);
  for (const [text, name = ""] of found) parts.set(name, text);
  const { name } = result;
  parts.set(name, `<!-- set: ${name} -->\n\n${partOf(result)}\n<!-- end of ${name} -->`);
  const inOrder = [...parts].toSorted(([one], [other]) => one.localeCompare(other));
  const missing = sets.filter((one) => !parts.has(one));
  const head =
    missing.length === 0
      ? HEAD
      : `${HEAD}\nNot on this page, since not run: ${missing.join(", ")}.\n`;
  return [head, ...inOrder.map(([, text]) => `${text}\n`)].join("\n");
}

function partOf({ name, clients: all, trials, notes, markdown }: SetResult): string {
  const clients = [...new Set(trials.map(({ client }) => client))];
  const sections =
    clients.length === 0
      ? []
      : [
          summaryTable(clients, trials),
          notRun(all, trials),
          worseList(trials),
          notes,
          `### Requests that are paid for\n\n${requestsTable(clients, trials)}`,
          ...clients.map((client) => clientSection(client, of(client, trials))),
        ];
  return `## ${name}\n\n${[...sections, markdown].filter((text) => text !== "").join("\n\n")}\n`;
}

/** What the set has that no run with this binary has tried; empty where all was. */
function notRun(all: SetClient[], trials: Trial[]): string {
  const clients = all.filter((client) => of(client, trials).length === 0);
  const situations = SITUATIONS.filter(
    (situation) =>
      all.some((client) => kindFor(client, situation) !== undefined) &&
      !trials.some((trial) => trial.situation === situation),
  );
  const partly = (client: SetClient) => {
    const own = of(client, trials).map(({ situation }) => situation);
    const left = SITUATIONS.filter(
      (one) =>
        kindFor(client, one) !== undefined && !own.includes(one) && !situations.includes(one),
    );
    const titles = left.map(({ title }) => `"${title}"`).join(", ");
    return left.length === 0 ? [] : [`${client.name} in ${titles}`];
  };
  const names = [
    ...clients.map(({ name }) => name),
    ...situations.map(({ title }) => `"${title}"`),
    ...all.filter((client) => !clients.includes(client)).flatMap(partly),
  ];
  return names.length === 0 ? "" : `Not run with this binary: ${names.join(", ")}.`;
}

function summaryTable(clients: SetClient[], trials: Trial[]): string {
  const head = ["client", "taken for success", "right", "base URL", "what to set"];
  const rows = clients.map((client) => {
    const own = of(client, trials);
    const silent = waysOf(own).map((way) => count(own, way, SILENT));
    const right = waysOf(own).map((way) => count(own, way, ["right"]));
    const all = ` of ${own.length}`;
    const names = `${client.name} ${client.version}`;
    return [
      names,
      silent.join(" → "),
      right.join(" → ") + all,
      `\`${bestPath(own)}\``,
      client.advice ?? "",
    ];
  });
  const counts = `${totals(trials)} The numbers of a client are those of the way straight, by \`/v1\`, and by \`/api/v1\` where it was tried.`;
  return `${counts}\n\n${markdownTable([head, ...rows])}`;
}

/** The failures taken for success, each way beside the way straight of the same clients. */
function totals(trials: Trial[]): string {
  const paths = waysOf(trials).filter((way) => way !== "straight");
  const sentences = paths.map((way) => {
    const met = trials.filter(({ seen }) => seen[way] !== undefined);
    const failures = met.filter(({ situation }) => situation.answer === undefined).length;
    const [before, after] = [count(met, "straight", SILENT), count(met, way, SILENT)];
    return `By \`${way}\`, ${after} of ${failures} failures are taken for success, straight ${before}.`;
  });
  return sentences.join(" ");
}

/** The base path by which more is right; OpenAI's kind where both are as good. */
function bestPath(trials: Trial[]): Way {
  const paths = waysOf(trials).filter((way) => way !== "straight");
  const rights = paths.map((way) => count(trials, way, ["right"]));
  return paths[rights.indexOf(Math.max(...rights))] ?? "/v1";
}

/** How many trials of a way got one of these grades. */
export function count(trials: Trial[], way: Way, grades: Grade[]): number {
  return trials.filter(({ situation, seen }) => {
    const one = seen[way];
    return one !== undefined && grades.includes(gradeOf(situation, one));
  }).length;
}

function requestsTable(clients: SetClient[], trials: Trial[]): string {
  const failures = SITUATIONS.filter(({ answer }) => answer === undefined);
  const met = failures.filter((situation) => trials.some((one) => one.situation === situation));
  const rows = met.map((situation) => [
    situation.title,
    ...clients.map((client) => {
      const trial = trials.find((one) => one.client === client && one.situation === situation);
      if (trial === undefined) return "";
      const numbers = waysOf([trial]).map((way) => requestsOf(trial.seen[way]));
      return new Set(numbers).size === 1 ? (numbers[0] ?? "") : numbers.join(" → ");
    }),
  ]);
  const head = ["", ...clients.map(({ name }) => name)];
  return `\`+\`: it was still trying when its time was over.\n\n${markdownTable([head, ...rows])}`;
}

function clientSection(client: SetClient, trials: Trial[]): string {
  const ways = waysOf(trials);
  const rows = trials.map(({ situation, seen }) => [
    situation.title,
    ...ways.map((way) => cellOf(situation, seen[way])),
  ]);
  const table = markdownTable([["", ...ways], ...rows]);
  return `<details><summary>${client.name} ${client.version}: what its user gets</summary>\n\n${table}\n\n</details>`;
}

function cellOf(situation: Situation, seen: Seen | undefined): string {
  if (seen === undefined) return "";
  const grade = gradeOf(situation, seen);
  const mark = grade === "right" ? "" : `**${grade}** `;
  const error = [seen.class, seen.status].filter((part) => part !== undefined && part !== "");
  const words = seen.outcome === "error" ? error.join(" ") : outcomeWords(seen);
  const cost = seen.requests === 1 ? "" : `, ${requestsOf(seen)} requests`;
  return `${mark}${words}${cost}`.trim().replaceAll("|", "\\|").replaceAll("\n", " ");
}

function outcomeWords({ outcome, text, requests }: Seen): string {
  if (outcome === "none") return requests > 1 ? "still trying" : "";
  return text === "" ? "(nothing)" : JSON.stringify(text.slice(0, 30));
}

function requestsOf(seen: Seen | undefined): string {
  if (seen === undefined) return "";
  return `${seen.requests}${seen.outcome === "none" && seen.requests > 1 ? "+" : ""}`;
}

function waysOf(trials: Trial[]): Way[] {
  return WAYS.filter((way) => trials.some(({ seen }) => seen[way] !== undefined));
}

function of(client: SetClient, trials: Trial[]): Trial[] {
  return trials.filter((one) => one.client === client);
}
