import { isObject, parseJson } from "../core/json.ts";

/** Fields whose texts name a form or a model, and nothing that somebody wrote. */
const KEPT = new Set([
  "model",
  "models",
  "role",
  "type",
  "encoding_format",
  "object",
  "service_tier",
]);

/** What stands in the place of every other text. */
const LEFT_OUT = "[left out]";

/** How deep a body is looked into; what lies deeper is left out whole. */
const DEEPEST = 20;

/**
 * A request body in the same form, without what anybody wrote in it: as many messages, inputs and
 * parts, but for each text and each token a placeholder. What is not JSON is left out whole.
 */
export function privateBody(body: string): string {
  const value = parseJson(body);
  return isObject(value) ? JSON.stringify(withoutTexts(value, "", 0)) : "";
}

function withoutTexts(value: unknown, field: string, depth: number): unknown {
  if (depth > DEEPEST) return LEFT_OUT;
  if (typeof value === "string") return KEPT.has(field) ? value : LEFT_OUT;
  // A list of numbers is a text too: its tokens.
  if (Array.isArray(value)) {
    return value.map((item) =>
      typeof item === "number" ? 0 : withoutTexts(item, field, depth + 1),
    );
  }
  if (!isObject(value)) return value;
  const fields = Object.entries(value).map(([name, inner]) => [
    name,
    withoutTexts(inner, name, depth + 1),
  ]);
  return Object.fromEntries(fields);
}
