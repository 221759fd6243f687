/**
 * What moves a cursor, forges a line or turns text around on a terminal: control characters (C0,
 * DEL, C1), line and paragraph separators, and the bidirectional ones (Unicode UAX #9 §2).
 */
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** A text with every unprintable character written as JSON escapes it, such as `\u001b`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escape);
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
