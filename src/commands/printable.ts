/**
 * Characters that steer a terminal, break a line where none is meant, change the direction of what
 * stands beside them (Unicode TR36 §2.4), or cannot stand in XML. Tabs and line feeds may stay.
 */
const STEERING =
  // oxlint-disable-next-line no-control-regex
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/gu;

/**
 * A text that cannot steer a terminal: each such character is written as JSON escapes it, so that
 * JSON stays JSON.
 */
export function printable(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(STEERING, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** The same for what has to stay on one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}
