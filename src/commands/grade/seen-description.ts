import { MOST_BYTES_SHOWN } from "../read-bounded.ts";
import type { Seen } from "./seen.ts";

/** The forms by shorter names. */
const FORM_NAMES = { json: "json", "event-stream": "stream", text: "text", binary: "binary" };

/** Fields whose words tell best what an answer says. */
const TELLING_FIELDS = ["content", "text", "delta", "refusal", "arguments", "embedding"];

const LONGEST_QUOTE = 16;

/** An answer in a few words, without line breaks: `200 stream: "Hello!", [DONE]`. */
export function describeSeen(seen: Seen): string {
  if (seen.status === undefined) return seen.end === "late" ? "nothing in time" : "no answer";
  const parts = [describeWords(seen), describeError(seen), describeEnd(seen)];
  const said = parts.filter((part) => part !== undefined).join(", ");
  return `${seen.status} ${FORM_NAMES[seen.form]}: ${said === "" ? "nothing" : said}`;
}

function describeWords({ words, error, form, text, isJson }: Seen): string | undefined {
  const isStream = form === "event-stream";
  const field = TELLING_FIELDS.find((name) => words[name] !== undefined);
  const reason = words["finish_reason"] ?? words["stop_reason"] ?? words["status"];
  if (error !== undefined && !isStream) return undefined;
  if (field !== undefined) return quote(words[field] ?? "");
  if (reason !== undefined) return `finish ${bareOrQuoted(reason)}`;
  if (isStream || text.trim() === "") return undefined;
  if (form === "binary") return `${Buffer.from(text, "base64").length} bytes`;
  if (form === "json") return isJson ? "neither answer nor error" : "not JSON";
  return quote(text.trim());
}

function describeError({ error }: Seen): string | undefined {
  if (error === undefined) return undefined;
  const name = error.code ?? error.message;
  return name === undefined ? "error" : `error ${bareOrQuoted(name)}`;
}

function describeEnd({ end, form }: Seen): string | undefined {
  if (end === "broken") return "cut off";
  if (end === "late") return "no end in time";
  if (end === "endless") return `no end within ${MOST_BYTES_SHOWN}`;
  return end === "done" && form === "event-stream" ? "[DONE]" : undefined;
}

/** A word as it is; anything else in quotes. */
function bareOrQuoted(text: string): string {
  return /^[\w.-]{1,40}$/.test(text) ? text : quote(text);
}

function quote(text: string): string {
  const isLong = text.length > LONGEST_QUOTE;
  return JSON.stringify(isLong ? `${text.slice(0, LONGEST_QUOTE)}…` : text);
}
