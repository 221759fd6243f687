import { STATUS_CODES } from "node:http";
import { printable } from "../printable.ts";
import type { CandorAnswer } from "./answer.ts";
import type { Capture } from "./capture.ts";
import type { Course, Place } from "./course.ts";
import { compareFields } from "./fields.ts";
import type { Outcome, Reason } from "./reason.ts";
import type { AskedRequest } from "./request.ts";
import { stepMeaning } from "./rules.ts";
import { declaredForm } from "../../core/answer-form.ts";

/** A captured answer, what Candor answers in its place, and why. */
export interface Explanation extends Reason {
  capture: Capture;
  asked: AskedRequest;
  answer: CandorAnswer;
  /** What else there is to know, in sentences. */
  notes: string[];
}

/** How wide the report is, and where its text begins. */
const WIDTH = 100;
const INDENT = 17;

/** How much of an event, and of a body, is shown. */
const SHOWN_EVENT = 160;
const SHOWN_BODY = 2000;

const OUTCOMES: Record<Outcome, string> = {
  relayed: "upstream's answer, byte for byte",
  repaired: "an error, in place of upstream's answer",
  "failed in band": "upstream's stream, up to its failure, then one error event",
  "broken off":
    "upstream's answer as far as it came, then an error event; then the connection breaks off",
};

/** The explanation for people to read, with the beginning and the end of Candor's answer. */
export function explanationText(explained: Explanation): string {
  const { capture, asked, answer, because, course, notes } = explained;
  const rule = explained.rule === undefined ? "" : `${explained.rule}. `;
  const wanted = asked.isStream ? "a stream" : "no stream";
  const assumptions = [...asked.assumptions, ...capture.assumptions];
  const rows = [
    row("upstream said", upstreamSaid(capture, course)),
    row("when asked", `${asked.request.method} ${pathOf(asked.request)}, for ${wanted}`),
    row("Candor answers", `${statusLine(answer.status)}: ${summary(explained)}`),
    row("because", rule + because),
    ...(course === undefined ? [] : courseRows(course, explained.rule)),
    ...(explained.rule === undefined ? [] : [row("the status", statusReason(explained))]),
    ...fieldRows(capture.headers, answer.headers),
    ...assumptions.map((text) => row("assumed", text)),
    ...notes.map((text) => row("note", text)),
  ];
  return `${rows.join("\n")}\n\n${answerText(answer)}`;
}

/** Where Candor was asked. */
export function pathOf({ url }: Request): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

function upstreamSaid({ kind, status, headers, body, isCut }: Capture, course?: Course): string {
  const type = headers.get("content-type") ?? "no content type";
  const { events = 0, others = 0 } = course ?? {};
  const blocks = ` in ${counted(events, "event")} and ${counted(others, "other block")}`;
  const size = counted(body.length, "byte") + (course === undefined ? "" : blocks);
  const cut = isCut ? ", then the connection broke off" : "";
  return `${statusLine(status)}, ${type}, ${size}${cut} (${kind})`;
}

/** What the client gets; where a stream is relayed, its end need not be upstream's. */
function summary({ outcome, capture, answer }: Explanation): string {
  const isUntouched = Buffer.from(answer.body).equals(capture.body);
  if (outcome !== "relayed" || isUntouched) return OUTCOMES[outcome];
  return "upstream's answer, but for what stands below";
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function statusLine(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ""}`.trimEnd();
}

/** A row for each step, with the event at which it was made. */
function courseRows({ steps }: Course, rule: string | undefined): string[] {
  let isCommitted = false;
  return steps.flatMap(({ kind, place }) => {
    const meaning = stepMeaning(kind, isCommitted, rule);
    isCommitted ||= kind === "answer" || kind === "hold-limit";
    if (place === undefined) return [row("at the end", meaning)];
    const shown = shorten(printable(place.text).trim(), SHOWN_EVENT, 0);
    return [row(label(place), `(byte ${place.offset}) ${meaning}`), row("", shown)];
  });
}

function label({ event }: Place): string {
  return event === undefined ? "between events" : `at event ${event}`;
}

/** Where the status comes from that the failure has, or would have if it were not too late. */
function statusReason({ outcome, claim }: Explanation): string {
  const isLate = outcome !== "repaired";
  const status = claim?.status ?? 502;
  const beginning = isLate ? `It is out already. The error stands for ${status}, ` : `${status}, `;
  if (claim === undefined) {
    return `${beginning}a gateway's word for an answer that is none: nothing upstream said names one.`;
  }
  if (claim.from === "status line") return `${beginning}which is upstream's own.`;
  return `${beginning}from ${claim.from}, which is ${JSON.stringify(claim.claim)}.`;
}

function fieldRows(upstream: Headers, client: Headers): string[] {
  const { crossed, changed, added, withheld } = compareFields(upstream, client);
  const groups: [title: string, fields: string[], separator: string][] = [
    ["fields crossed", crossed, ", "],
    ["fields changed", fieldLines(changed), "\n"],
    ["fields added", fieldLines(added), "\n"],
    ["fields withheld", withheld, ", "],
  ];
  return groups.flatMap(([title, fields, separator]) =>
    fields.length === 0 ? [] : [row(title, fields.join(separator))],
  );
}

function fieldLines(fields: Record<string, string>): string[] {
  return Object.entries(fields).map(([name, value]) => `${name}: ${printable(value)}`);
}

/** An answer as HTTP. */
function answerText({ status, headers, body, isBroken }: CandorAnswer): string {
  const fields = fieldLines(Object.fromEntries(headers));
  const isBinary = declaredForm(headers.get("content-type")) === "binary";
  const text = new TextDecoder().decode(body);
  const shown = isBinary
    ? `(${body.length} bytes)`
    : shorten(withoutRepeats(printable(text)), SHOWN_BODY, 800);
  const end = isBroken ? "\n(the connection breaks off)" : "";
  return `HTTP/1.1 ${statusLine(status)}\n${fields.join("\n")}\n\n${shown.trimEnd()}${end}`;
}

/** A labelled paragraph. */
function row(title: string, text: string): string {
  const wrapped = Bun.wrapAnsi(text, WIDTH - INDENT, { hard: true });
  return title.padEnd(INDENT) + wrapped.replaceAll("\n", `\n${" ".repeat(INDENT)}`);
}

/** A text of which only the beginning, and an end of so many characters, is left. */
function shorten(text: string, limit: number, ending: number): string {
  if (text.length <= limit) return text;
  const left = text.length - limit;
  const end = ending === 0 ? "" : ` ${text.slice(-ending)}`;
  return `${text.slice(0, limit - ending)} … (${left} characters more)${end}`;
}

/** A text in which the keep-alive lines of minutes are one. */
function withoutRepeats(text: string): string {
  return text.replace(/^((?:[^\n]*\n){1,2}?)\1{3,}/gm, (all, lines: string) => {
    const times = all.length / lines.length;
    return `${lines}… (${times} times the same)\n`;
  });
}
