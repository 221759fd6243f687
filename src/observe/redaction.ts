/** Takes keys out of a text that is kept or shown. */
export type Redact = (text: string) => string;

/** Shorter keys are not redacted: they could be ordinary words, such as a test's `key`. */
const SHORTEST_KEY = 8;

/** What looks like a key of OpenRouter, OpenAI or Anthropic, or names an account. */
const SECRETS = /sk-[A-Za-z0-9_-]{8,}|\b(?:user|org)_[A-Za-z0-9]{8,}/g;

/** What stands in a key's place. */
const MASK = "[key]";

/**
 * Creates what takes the given keys, and whatever looks like one, out of texts. A key is found in
 * the forms in which JSON and URLs write it as well.
 */
export function createRedaction(keys: string[]): Redact {
  const written = keys
    .filter((key) => key.length >= SHORTEST_KEY)
    .flatMap((key) => [key, ...escapedForms(key)]);
  // The longest first: one key may begin another.
  const forms = [...new Set(written)].toSorted((one, other) => other.length - one.length);
  if (forms.length === 0) return (text) => text.replace(SECRETS, MASK);
  const held = new RegExp(forms.map(RegExp.escape).join("|"), "g");
  // These first: of a text before a key, what only looks like one could take its beginning.
  return (text) => text.replace(held, MASK).replace(SECRETS, MASK);
}

/** A key as JSON writes it, with its slashes escaped or not, and as an address does. */
function escapedForms(key: string): string[] {
  const json = JSON.stringify(key).slice(1, -1);
  return [json, json.replaceAll("/", "\\/"), encodeURIComponent(key)];
}
