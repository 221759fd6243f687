/** What a server adds to its answers, whatever the core decides about them. */
const SERVER_FIELDS = new Set([
  "content-length",
  "cross-origin-resource-policy",
  "date",
  "request-id",
  "vary",
  "x-accel-buffering",
  "x-content-type-options",
  "x-openrouter-request-id",
  "x-request-id",
]);

const CORS_PREFIX = "access-control-";

/** Of the header fields of an answer, those that the core decides. */
export function decidedFields(headers: Iterable<[string, string]>): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => isDecided(name)));
}

function isDecided(name: string): boolean {
  return !SERVER_FIELDS.has(name) && !name.startsWith(CORS_PREFIX);
}
