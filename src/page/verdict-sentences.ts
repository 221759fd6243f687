import type { ExchangeRecord } from "../observe/record.ts";
import { bytes, counted, duration } from "./display.ts";
import { ruleWords } from "./rule-words.ts";

/** How an exchange went, sentence by sentence: what upstream did, what decided, what the client got. */
export function verdictSentences(record: ExchangeRecord): string[] {
  return [...upstreamSentences(record), ...verdictOf(record), clientSentence(record)].filter(
    (sentence) => sentence !== "",
  );
}

function upstreamSentences(record: ExchangeRecord): string[] {
  const { upstreamStatus, upstreamMs = 0, form, cause, outcome } = record;
  if (outcome === "refused") return ["The request was refused here, and did not go to OpenRouter."];
  if (upstreamStatus === undefined) {
    return [`OpenRouter gave no answer${cause === undefined ? "" : ` (${cause})`}.`];
  }
  const said = `OpenRouter's status line said ${upstreamStatus}, after ${duration(upstreamMs)}.`;
  const words = form === undefined ? undefined : FORMS[form];
  const read = words === undefined ? "" : `Its body was read as ${words}.`;
  return [said, read, heldSentence(record)];
}

const FORMS: Partial<Record<NonNullable<ExchangeRecord["form"]>, string>> = {
  json: "JSON",
  "event-stream": "an event stream",
  text: "text",
  binary: "a file, which is not judged",
};

function heldSentence({ heldMs = 0, comments, stream }: ExchangeRecord): string {
  if (stream !== true || (heldMs < 1 && comments === 0)) return "";
  const kept = comments === 0 ? "" : `, while ${counted(comments, "comment")} came`;
  return `The status line was held back for ${duration(heldMs)}${kept}.`;
}

function verdictOf({ rule, decidedAt, claim, trueStatus, relayReason, outcome }: ExchangeRecord) {
  if (rule === undefined) {
    return relayReason === undefined ? [] : [RELAY_REASONS[relayReason]];
  }
  const sentences = [ruleWords(rule).meaning];
  if (decidedAt !== undefined) {
    const { event, start, end } = decidedAt;
    const what = event === undefined ? "What decided" : `Event ${event} decided. It`;
    sentences.push(`${what} stood at bytes ${start} to ${end} of the body.`);
  }
  if (claim !== undefined) sentences.push(`The true status was named by ${claim}.`);
  else if (outcome !== "refused" && outcome !== "no-answer" && trueStatus === 502) {
    sentences.push("No status was named: 502 is the gateway's own word for a failed answer.");
  }
  return sentences;
}

const RELAY_REASONS = {
  whole: "The whole body was read, and is an answer.",
  content: "An event carried content: there is an answer.",
  "hold-limit": "The hold's limit was reached before anything decided.",
  unjudged: "Files are not judged: it went out as it came.",
};

function clientSentence(record: ExchangeRecord): string {
  const { status, trueStatus, code = "", outcome, bytes: sent, ms = 0 } = record;
  if (outcome === undefined) return "It is still under way.";
  const told = `${trueStatus ?? status ?? ""} ${code}`.trim();
  switch (outcome) {
    case "relayed":
      return `The client got ${status}, and OpenRouter's answer as it is: ${bytes(sent)} in ${duration(ms)}.`;
    case "tail-lost":
      return "The client got the whole answer. What came behind it was lost, and did not matter.";
    case "repaired":
    case "refused":
    case "no-answer":
      return `The client got ${told} in the status line.`;
    case "failed-in-band":
      return `The status line was out by then (${status}): the client got ${told} as an error in the stream.`;
    case "broken-off":
      return `The status line was out by then (${status}): the client got ${told} as an error in the stream, and the connection broke off behind it.`;
    case "client-left":
      return `The client left after ${duration(ms)}, before it had all.`;
    case "client-stalled":
      return "The client stopped reading, and was let go (CLIENT_STALL_TIMEOUT_MS).";
    case "bug":
      return "Candor failed by a bug of its own; its log names the place.";
  } // no default: the compiler reports a missing case
}

/** Where an exchange that is open stands, and since when; `now` is epoch milliseconds. */
export function openSentence(record: ExchangeRecord, now: number): string {
  const age = now - record.at;
  switch (record.state) {
    case "receiving":
      return "receiving the request";
    case "waiting":
      return "waiting for OpenRouter's headers";
    case "holding": {
      const came =
        record.comments === 0
          ? "nothing came yet"
          : `${counted(record.comments, "comment")} so far`;
      return `held back, ${came}`;
    }
    case "relaying": {
      const silent = age - (record.lastByteMs ?? age);
      const quiet = silent > 2000 ? `, silent for ${duration(silent)}` : "";
      return `streaming, ${bytes(record.bytes)}${quiet}`;
    }
    case "over":
      return "over";
  } // no default: the compiler reports a missing case
}
