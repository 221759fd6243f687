/** Shorter keys are not hidden: they could be ordinary words, such as a test's `key`. */
const SHORTEST_KEY = 8;

/**
 * Creates a function that takes a key out of any text. It finds the key in JSON within JSON as well:
 * each character may be escaped, behind as many backslashes as there are texts within texts.
 */
export function createHide(key: string | undefined): (text: string) => string {
  if (key === undefined || key.length < SHORTEST_KEY) return (text) => text;
  const pattern = new RegExp([...key].map(anySpelling).join(""), "g");
  // The key as it is costs a tenth of the search for all spellings.
  return (text) =>
    text.includes("\\") ? text.replace(pattern, "[key]") : text.replaceAll(key, "[key]");
}

/** A character as it is, behind backslashes, or as `\u0041` (RFC 8259 §7). */
function anySpelling(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).padStart(4, "0");
  const anyCase = code.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
  return String.raw`(?:\\*${RegExp.escape(character)}|\\+u${anyCase})`;
}
