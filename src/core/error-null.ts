import type { StreamEvent } from "./event-reader.ts";
import { isObject, parseJson } from "./json.ts";
import { decodePart, encode } from "./utf8.ts";

/** `"error": null` with the comma on one side of it. */
const NULL_ERROR = /,\s*"error"\s*:\s*null|"error"\s*:\s*null\s*,?/g;

/** How many of them are tried: others may stand in a choice or in a text. */
const MOST_TRIED = 8;

/** In a longer text only one is tried: each try costs as much as to parse the text. */
const LONG_TEXT = 100_000;

/** A line of data of an event, from its field to its end (HTML §9.2.6). */
const DATA_LINE = /(?<![^\r\n\uFEFF])data(:?)( ?)[^\r\n]*(\r\n|[\r\n])?/g;

/**
 * The bytes of a healthy event without a top-level `"error": null`: half a dozen clients take any
 * `error` field for an error. Everything else stays byte for byte, but that several lines of data
 * become one; only where the field cannot be cut out of the text is the JSON written anew.
 */
export function withoutNullError(event: StreamEvent, data: unknown): Uint8Array {
  if (!isObject(data) || data["error"] !== null) return event.written;
  const { error: _error, ...rest } = data;
  return encode(withData(decodePart(event.written), cutOut(event.data ?? "", rest)));
}

/** The text of an event with other data, on the first of its lines of data. */
function withData(block: string, data: string): string {
  let isFirst = true;
  return block.replace(DATA_LINE, (line, colon: string, space: string, end = "") => {
    if (colon === "" && line !== `data${end}`) return line;
    if (!isFirst) return "";
    isFirst = false;
    return `data:${colon === "" ? " " : space}${data}${end}`;
  });
}

/** The text without the field; the JSON of `rest` where cutting it out changed anything else. */
function cutOut(text: string, rest: object): string {
  const written = JSON.stringify(rest);
  let tries = text.length > LONG_TEXT ? 1 : MOST_TRIED;
  for (const { 0: found, index } of text.matchAll(NULL_ERROR)) {
    if (tries === 0) break;
    tries -= 1;
    const cut = text.slice(0, index) + text.slice(index + found.length);
    if (!cut.includes("\n") && JSON.stringify(parseJson(cut)) === written) return cut;
  }
  return written;
}
