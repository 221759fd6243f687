import { BASE_PATHS, type BasePath, type SetClient } from "./client-set.ts";
import { worseWith } from "./judge.ts";
import type { Trial } from "./matrix.ts";
import type { Seen } from "./seen.ts";
import type { Situation } from "./situations.ts";

/** A client that is worse off through Candor than straight, and what was seen on both ways. */
export interface Worse {
  client: SetClient;
  situation: Situation;
  way: BasePath;
  reason: string;
  straight: Seen;
  candor: Seen;
}

/** Enough of a message to know it by. */
const QUOTE_LENGTH = 160;

/** What is worse through Candor than straight. */
export function worseAmong(trials: Trial[]): Worse[] {
  return trials.flatMap(({ client, situation, seen }) => {
    const told = trials.find(
      (one) => one.client === client && one.situation.name === situation.told,
    );
    return BASE_PATHS.flatMap((way) => {
      const [straight, candor] = [seen.straight, seen[way]];
      if (straight === undefined || candor === undefined) return [];
      const reason = worseWith(situation, straight, candor, told?.seen.straight);
      return reason === undefined ? [] : [{ client, situation, way, reason, straight, candor }];
    });
  });
}

/** One line for a terminal. */
export function worseLine({ client, way, situation, reason }: Worse): string {
  return `${client.name} by ${way}, ${situation.name}: ${reason}`;
}

/** The page's list of what is worse, with what was seen; a sentence where nothing is. */
export function worseList(trials: Trial[]): string {
  const found = Map.groupBy(
    worseAmong(trials),
    ({ client, situation, reason }) => `- ${client.name}, ${situation.title}: ${reason}`,
  );
  if (found.size === 0) return "No client is worse off with Candor than without it here.";
  const items = [...found].map(([line, all]) => {
    const ways = all.map(({ way }) => `\`${way}\``).join(" and ");
    const [{ straight, candor } = {}] = all;
    return `${line}, by ${ways}. Straight: ${evidence(straight)}; through Candor: ${evidence(candor)}.`;
  });
  return `**Worse off with Candor than without it:**\n\n${items.join("\n")}`;
}

function evidence(seen: Seen | undefined): string {
  if (seen === undefined) return "nothing";
  const { message, requests, text, outcome } = seen;
  const words = message === "" && outcome === "answer" ? text : message;
  const quote = words.replaceAll(/\s+/g, " ").replaceAll("`", "'").slice(0, QUOTE_LENGTH);
  return `\`${quote}\`, ${requests} request${requests === 1 ? "" : "s"}`;
}
