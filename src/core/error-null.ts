import type { StreamEvent } from "./event-reader.ts";
import { isObject, parseJson } from "./json.ts";
import { decodePart, encode } from "./utf8.ts";

/** `"error": null` with the comma on one side of it. */
const NULL_ERROR = /,\s*"error"\s*:\s*null|"error"\s*:\s*null\s*,?/g;

/** How many of them are tried, one of which is not within a choice or a text. */
const MOST_TRIED = 8;

/** In a longer text one is: each costs as much as to parse it. */
const LONG_TEXT = 100_000;

/**
 * The bytes of a healthy event without a top-level `"error": null`: half a dozen clients take any
 * `error` field for an error. Everything else stays byte for byte; only where the field cannot be
 * cut out of the text is the JSON written anew.
 */
export function withoutNullError(event: StreamEvent, data: unknown): Uint8Array {
  if (!isObject(data) || data["error"] !== null) return event.written;
  const { error: _error, ...rest } = data;
  const { name, data: text = "" } = event;
  const left = cutOut(text, rest);
  const block = decodePart(event.written);
  const at = text.includes("\n") ? -1 : block.indexOf(text);
  if (at !== -1) return encode(block.slice(0, at) + left + block.slice(at + text.length));
  return encode(`${name === undefined ? "" : `event: ${name}\n`}data: ${left}\n\n`);
}

/** The text without the field; the JSON of `rest` where cutting it out changed anything else. */
function cutOut(text: string, rest: object): string {
  const written = JSON.stringify(rest);
  let left = text.length > LONG_TEXT ? 1 : MOST_TRIED;
  for (const { 0: found, index } of text.matchAll(NULL_ERROR)) {
    const cut = text.slice(0, index) + text.slice(index + found.length);
    if (!cut.includes("\n") && JSON.stringify(parseJson(cut)) === written) return cut;
    left -= 1;
    if (left === 0) break;
  }
  return written;
}
