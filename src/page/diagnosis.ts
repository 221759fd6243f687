import type { ExchangeRecord } from "../observe/record.ts";
import { upstreamFailure } from "../observe/upstream-failure.ts";
import { counted, duration, percent } from "./display.ts";
import { ruleWords } from "./rule-words.ts";

/** Whose doing something is. */
export type Blame = "OpenRouter" | "Candor" | "your application" | "nobody";

/** One thing that can be said of what is going on. */
export interface Finding {
  gravity: "good" | "idle" | "notice" | "bad";
  blame: Blame;
  sentence: string;
  /** What to do, or what it means. */
  advice: string;
}

/** How many of the latest exchanges count, and for how long. */
export interface Extent {
  most: number;
  agoMs: number;
}

/** What counts in the live view. */
const LATELY: Extent = { most: 120, agoMs: 15 * 60_000 };

/** What counts in a time range that somebody has chosen. */
export const ALL_OF_IT: Extent = {
  most: Number.POSITIVE_INFINITY,
  agoMs: Number.POSITIVE_INFINITY,
};

/** From which share on failures are more than accidents. */
const BAD_SHARE = 0.05;
const LEAVING_SHARE = 0.2;
const REFUSED_SHARE = 0.2;

/** How long a committed stream may say nothing before it is pointed at. */
const STALL_MS = 20_000;

/**
 * What is going on, the gravest first; there is always one finding. `records` are those that ended,
 * the oldest first; `open` is what is under way; `now` is epoch milliseconds.
 */
export function diagnose(
  records: ExchangeRecord[],
  open: ExchangeRecord[],
  now: number,
  { most, agoMs } = LATELY,
): Finding[] {
  const latest = records.filter((record) => now - endOf(record) < agoMs);
  const all = latest.slice(-most);
  const sent = latest.filter(({ outcome }) => outcome !== "refused").slice(-most);
  const findings = [
    findUnreachable(sent),
    findFailures(sent),
    findBugs(all),
    findStalls(open, now),
    findRefusals(all),
    findLeaving(sent),
  ].filter((finding) => finding !== undefined);
  if (findings.length === 0) return [all.length === 0 ? IDLE : healthy(sent)];
  return findings.toSorted((one, other) => rank(one) - rank(other));
}

const IDLE: Finding = {
  gravity: "idle",
  blame: "nobody",
  sentence: "No requests have come lately.",
  advice: "Point your application's base URL at Candor; each request appears here at once.",
};

function healthy(sent: ExchangeRecord[]): Finding {
  const sentence =
    sent.length === 1
      ? "All is well: the last request was answered."
      : `All is well: the last ${sent.length} requests were answered.`;
  const advice = "What your application sees is what OpenRouter said.";
  return { gravity: "good", blame: "nobody", sentence, advice };
}

function rank({ gravity }: Finding): number {
  return ["bad", "notice", "good", "idle"].indexOf(gravity);
}

function endOf({ at, ms = 0 }: ExchangeRecord): number {
  return at + ms;
}

/** OpenRouter gives no answer at all. */
function findUnreachable(sent: ExchangeRecord[]): Finding | undefined {
  const lost = sent.filter(({ outcome }) => outcome === "no-answer");
  if (lost.length === 0 || lost.length < sent.length * BAD_SHARE) return undefined;
  const cause = mostFrequent(lost.map((record) => record.cause ?? record.rule)) ?? "no cause known";
  return {
    gravity: "bad",
    blame: "OpenRouter",
    sentence: `OpenRouter does not answer: ${ofLast(lost, sent)} got nothing (${cause}).`,
    advice:
      "The way to OpenRouter is broken, or it is down: look at this machine's network, its outgoing proxy and status.openrouter.ai.",
  };
}

/** OpenRouter answers, and the answers are failures. */
function findFailures(sent: ExchangeRecord[]): Finding | undefined {
  const failed = sent.filter(({ outcome }) => outcome !== "no-answer");
  const failures = failed.filter((record) => upstreamFailure(record) !== "none");
  if (failures.length === 0) return undefined;
  const hidden = failures.filter((record) => upstreamFailure(record) === "hidden");
  const isBad = failures.length >= sent.length * BAD_SHARE;
  const verb = isBad ? "OpenRouter is failing" : "OpenRouter failed now and then";
  return {
    gravity: isBad ? "bad" : "notice",
    blame: "OpenRouter",
    sentence: `${verb}: ${ofLast(failures, sent)}${hiddenWords(hidden, failures)}; ${mostly(failures)}.`,
    advice: adviceFor(failures),
  };
}

function hiddenWords(hidden: ExchangeRecord[], failures: ExchangeRecord[]): string {
  if (hidden.length === 0) return "";
  if (failures.length === 1) return ", hidden in a 200";
  const number = hidden.length === failures.length ? "all" : hidden.length;
  return `, ${number} of them hidden in a 200`;
}

/** The most frequent status, and where it comes from. */
function mostly(failures: ExchangeRecord[]): string {
  const status = mostFrequent(failures.map(({ trueStatus }) => trueStatus));
  const same = failures.filter(({ trueStatus }) => trueStatus === status);
  const word = same.length === failures.length ? "" : "mostly ";
  return `${word}${status ?? "unknown"}${fromModels(same)}`;
}

/** The model that most of these come from; otherwise how many models they come from. */
function fromModels(failures: ExchangeRecord[]): string {
  const models = failures.flatMap(({ model }) => model ?? []);
  const model = mostFrequent(models);
  if (model === undefined) return "";
  const isMost = models.filter((one) => one === model).length > failures.length / 2;
  return ` from ${isMost ? model : counted(new Set(models).size, "model")}`;
}

function adviceFor(failures: ExchangeRecord[]): string {
  const worst = mostFrequent(failures.map(({ trueStatus }) => trueStatus));
  const rule = mostFrequent(failures.map((record) => record.rule));
  switch (worst) {
    case 401:
      return "OpenRouter does not take the key: look at OPENROUTER_API_KEY.";
    case 402:
      return "The credits of the key are used up: add some at openrouter.ai/credits.";
    case 429:
      return "A rate limit is reached. Clients got 429, with a time to wait where one is known.";
    default:
      return rule === undefined ? "" : `Most often: ${ruleWords(rule).meaning}`;
  }
}

function findBugs(all: ExchangeRecord[]): Finding | undefined {
  const bugs = all.filter(({ outcome }) => outcome === "bug");
  if (bugs.length === 0) return undefined;
  return {
    gravity: "bad",
    blame: "Candor",
    sentence: `Candor failed by a bug of its own: ${ofLast(bugs, all)}.`,
    advice: "The log has a line with the place for each. Please report it.",
  };
}

/** A stream that began, and says nothing more. */
function findStalls(open: ExchangeRecord[], now: number): Finding | undefined {
  const stalled = open.filter(
    ({ state, stream, at, lastByteMs }) =>
      state === "relaying" && stream === true && now - at - (lastByteMs ?? 0) > STALL_MS,
  );
  const first = stalled[0];
  if (first === undefined) return undefined;
  const silence = duration(now - first.at - (first.lastByteMs ?? 0));
  const name = first.model ?? first.route;
  const others = stalled.length === 1 ? "" : `, and ${stalled.length - 1} more`;
  return {
    gravity: "notice",
    blame: "OpenRouter",
    sentence: `A stream stalls: ${name} began to answer, then nothing for ${silence}${others}.`,
    advice: "Where OpenRouter stays silent for STREAM_IDLE_TIMEOUT_MS, the client is told so.",
  };
}

function findRefusals(all: ExchangeRecord[]): Finding | undefined {
  const refused = all.filter(({ outcome }) => outcome === "refused");
  if (refused.length < 3 || refused.length < all.length * REFUSED_SHARE) return undefined;
  const rule = mostFrequent(refused.map((record) => record.rule)) ?? "";
  const { short, meaning } = ruleWords(rule);
  const isOurs = rule === "too-busy";
  return {
    gravity: refused.length > all.length / 2 ? "bad" : "notice",
    blame: isOurs ? "Candor" : "your application",
    sentence: `Requests are refused here: ${ofLast(refused, all)}, mostly for ${short}.`,
    advice: meaning,
  };
}

function findLeaving(sent: ExchangeRecord[]): Finding | undefined {
  const left = sent.filter(({ outcome }) => outcome === "client-left");
  if (left.length < 3 || left.length < sent.length * LEAVING_SHARE) return undefined;
  const after = left.map(({ ms = 0 }) => ms).toSorted((one, other) => one - other);
  const median = duration(after[Math.floor(after.length / 2)] ?? 0);
  return {
    gravity: "notice",
    blame: "your application",
    sentence: `Clients leave early: ${ofLast(left, sent)} were given up, half of them within ${median}.`,
    advice: "A client, or a proxy in front of Candor, waits for less time than the answers take.",
  };
}

function ofLast(some: ExchangeRecord[], all: ExchangeRecord[]): string {
  if (all.length === 1) return "the last request";
  return `${some.length} of the last ${counted(all.length, "request")} (${percent(some.length, all.length)})`;
}

/** What stands there most often, of what stands there at all. */
function mostFrequent<T>(values: (T | undefined)[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) {
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].toSorted(([, one], [, other]) => other - one)[0]?.[0];
}
