/** Takes keys out of a text that is kept or shown. */
export type Redact = (text: string) => string;

/** Shorter keys are not redacted: they could be ordinary words, such as a test's `key`. */
const SHORTEST_KEY = 8;

/** What looks like a key of OpenRouter, OpenAI or Anthropic, or names an account: a pattern. */
const SECRETS = String.raw`sk-[A-Za-z0-9_-]{8,}|\b(?:user|org)_[A-Za-z0-9]{8,}`;

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
  const secrets = new RegExp([...forms.map(RegExp.escape), SECRETS].join("|"), "g");
  return (text) => text.replace(secrets, MASK);
}

/** A key as JSON writes it, with its slashes escaped or not, and as an address does. */
function escapedForms(key: string): string[] {
  const json = JSON.stringify(key).slice(1, -1);
  return [json, json.replaceAll("/", "\\/"), encodeURIComponent(key)];
}
