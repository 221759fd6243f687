import type { Level } from "./log-level.ts";
import { printable } from "./printable.ts";
import type { ExchangeRecord } from "./record.ts";

/** How wide a line may be. */
const WIDTH = 100;

/** How much of an id is shown: enough to find it by. */
const ID_LENGTH = 8;

/** How short the subject and the reason of a line may become. */
const SHORTEST = 12;

/** ANSI colours (ECMA-48 §8.3.117) by what they mean here. */
const COLORS = { red: 31, green: 32, yellow: 33, cyan: 36, dim: 2 };
type Color = keyof typeof COLORS;

const LEVEL_COLORS: Record<Level, Color> = {
  debug: "dim",
  info: "cyan",
  warn: "yellow",
  error: "red",
};

/** Outcomes that the two statuses do not tell. */
const TOLD_BY_STATUS = new Set(["relayed", "repaired", "refused", "no-answer", "failed-in-band"]);

/** Colours a text, or leaves it as it is where colours are off. */
export type Paint = (color: Color, text: string) => string;

/** The paint for a terminal, or for what is none. */
export function createPaint(isColored: boolean): Paint {
  return (color, text) => (isColored ? `\u001b[${COLORS[color]}m${text}\u001b[0m` : text);
}

/** The beginning that all lines have: when, and how grave. */
export function prettyHead(time: string, level: Level, paint: Paint): string {
  const word = paint(LEVEL_COLORS[level], level.toUpperCase().padEnd(5));
  return `${paint("dim", time.slice(11, 23))} ${word}`;
}

/** One exchange in at most 100 columns: what upstream said, what the client got, and why. */
export function prettyLine(record: ExchangeRecord, time: string, level: Level, paint: Paint) {
  const said = String(record.upstreamStatus ?? "---");
  const got = String(record.status ?? "---");
  const inBand = record.trueStatus === record.status ? undefined : record.trueStatus;
  const truth = inBand === undefined ? "" : ` then ${inBand}`;
  const reserved = `00:00:00.000 LEVEL ${said} → ${got}${truth}`.length;
  const tail = fit(reasonOf(record), subjectOf(record), numbersOf(record), WIDTH - reserved);
  const gotPainted = paint(statusColor(got), got);
  const truthPainted = truth && paint("red", truth);
  return `${prettyHead(time, level, paint)} ${said} → ${gotPainted}${truthPainted}${paintTail(tail, paint)}`;
}

/** A request that begins, before anything is known of its end. */
export function prettyBeginning(record: ExchangeRecord, time: string, paint: Paint): string {
  const subject = `${record.method} ${shorten(printable(record.path), 50)} ${shortId(record.requestId)}`;
  return `${prettyHead(time, "debug", paint)} begins ${subject}`;
}

/** Texts of a line behind its statuses, each of which may be empty. */
interface Tail {
  reason: string;
  subject: string;
  numbers: string;
}

/** What does not fit is shortened, the subject first, then the reason. */
function fit(reason: string, subject: string, numbers: string, width: number): Tail {
  const spare = width - numbers.length - gap(reason) - gap(subject) - gap(numbers);
  const subjectWidth = Math.max(SHORTEST, spare - Bun.stringWidth(reason));
  const shortSubject = shorten(subject, subjectWidth);
  const reasonWidth = Math.max(SHORTEST, spare - Bun.stringWidth(shortSubject));
  return { reason: shorten(reason, reasonWidth), subject: shortSubject, numbers };
}

function gap(text: string): number {
  return text === "" ? 0 : 2;
}

function paintTail({ reason, subject, numbers }: Tail, paint: Paint): string {
  const parts = [reason && paint("yellow", reason), subject, paint("dim", numbers)];
  return parts.map((part) => (part === "" ? "" : `  ${part}`)).join("");
}

function reasonOf({ rule, code, cause, outcome = "relayed", relayReason }: ExchangeRecord): string {
  const words = [
    rule,
    cause ?? (code === rule ? undefined : code),
    TOLD_BY_STATUS.has(outcome) ? undefined : outcome,
    relayReason === "hold-limit" ? "hold=limit" : undefined,
  ];
  return printable(words.filter((word) => word !== undefined).join(" "));
}

function subjectOf({ model, stream, method, path, keyName }: ExchangeRecord): string {
  const subject = model ?? `${method} ${path}`;
  const by = keyName === undefined ? "" : ` (${keyName})`;
  return printable(`${subject}${stream === true ? " stream" : ""}${by}`);
}

/** Durations, tokens, and the end of the id; of a failure, only what helps to find it. */
function numbersOf({ ms = 0, rule, firstByteMs, facts, requestId }: ExchangeRecord): string {
  const numbers = [duration(ms)];
  const { promptTokens, completionTokens } = facts;
  if (rule === undefined && firstByteMs !== undefined)
    numbers.push(`first ${duration(firstByteMs)}`);
  if (rule === undefined && (promptTokens ?? completionTokens) !== undefined) {
    numbers.push(`${promptTokens ?? "?"}+${completionTokens ?? "?"}tok`);
  }
  return [...numbers, shortId(requestId)].join(" ");
}

function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  return ms < 100_000 ? `${(ms / 1000).toFixed(1)}s` : `${Math.round(ms / 1000)}s`;
}

function shortId(id: string): string {
  const clean = printable(id);
  return clean.length > ID_LENGTH ? `…${clean.slice(-ID_LENGTH)}` : clean;
}

/** A text in at most so many columns, its end left out where it is longer. */
function shorten(text: string, width: number): string {
  if (Bun.stringWidth(text) <= width) return text;
  let short = "";
  for (const character of text) {
    if (Bun.stringWidth(short + character) >= width) break;
    short += character;
  }
  return `${short}…`;
}

function statusColor(status: string): Color {
  if (status.startsWith("2")) return "green";
  return status.startsWith("5") ? "red" : "yellow";
}
