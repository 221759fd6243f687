import type { StreamEvent } from "./event-reader.ts";
import { isObject, parseJson } from "./json.ts";
import { encode } from "./utf8.ts";

/** `"error": null` with the comma on one side of it. */
const NULL_ERROR = /,\s*"error"\s*:\s*null|"error"\s*:\s*null\s*,?/;

/**
 * The bytes of a healthy event without a top-level `"error": null`: half a dozen clients take any
 * `error` field for an error. Everything else stays byte for byte; only where the field cannot be
 * cut out of the text is the JSON written anew.
 */
export function withoutNullError(event: StreamEvent, data: unknown): Uint8Array {
  if (!isObject(data) || data["error"] !== null) return event.written;
  const { error: _error, ...rest } = data;
  const name = event.name === undefined ? "" : `event: ${event.name}\n`;
  return encode(`${name}data: ${cutOut(event.data ?? "", rest)}\n\n`);
}

/** The text without the field; the JSON of `rest` where cutting it out changed anything else. */
function cutOut(text: string, rest: object): string {
  const cut = text.replace(NULL_ERROR, "");
  const written = JSON.stringify(rest);
  const isClean = !cut.includes("\n") && JSON.stringify(parseJson(cut)) === written;
  return isClean ? cut : written;
}
