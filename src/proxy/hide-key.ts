/** Shorter keys are not hidden: they could be ordinary words, such as a test's `key`. */
const SHORTEST_KEY = 8;

/** A text without the key that is held here. */
export function hideKey(text: string, key: string | undefined): string {
  const isSecret = key !== undefined && key.length >= SHORTEST_KEY;
  return isSecret ? text.replaceAll(key, "[key]") : text;
}
