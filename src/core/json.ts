/** A JSON object of unknown content, as `JSON.parse` gives it. */
export type JsonObject = { [key: string]: unknown };

/** Whether a parsed value is a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How deep a value is looked into, and written out again: what is deeper would not end well. */
const DEEPEST = 500;

const NOTHING: JsonObject = Object.freeze({});

/** The object under a key, or an empty one where there is none. */
export function objectAt(value: JsonObject, key: string): JsonObject {
  const inner = value[key];
  return isObject(inner) ? inner : NOTHING;
}

/** The value of a JSON text, or undefined, which no JSON text stands for, where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether a value says anything. `null`, `false`, `0` and `""` are how providers write "nothing
 * here", and so are arrays and objects in which nothing else stands: `"error": null` beside good
 * choices is health, and so is an error object that was never filled in
 * (fixtures/chat-completions/200-error-zeroed-struct.json).
 */
export function saysSomething(value: unknown, depth = 0): boolean {
  if (typeof value !== "object" || value === null) return Boolean(value);
  if (depth > DEEPEST) return false;
  for (const inner of Object.values(value)) if (saysSomething(inner, depth + 1)) return true;
  return false;
}

/**
 * A JSON object as it may leave us: without `user_id`, which names the owner of the key. What has
 * none is given as it is: to copy a million objects takes half a second.
 */
export function publicObject(object: JsonObject, depth = 0): JsonObject {
  let shown: JsonObject | undefined;
  for (const name of Object.keys(object)) {
    const value = object[name];
    const left = name === "user_id" ? undefined : publicValue(value, depth + 1);
    if (left === value) continue;
    shown ??= { ...object };
    if (name === "user_id") delete shown[name];
    else shown[name] = left;
  }
  return shown ?? object;
}

/** A JSON value as it may leave us, at any depth; what is nested beyond all use becomes null. */
export function publicValue(value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEEPEST) return null;
  if (Array.isArray(value)) return publicArray(value, depth);
  return isObject(value) ? publicObject(value, depth) : value;
}

function publicArray(items: unknown[], depth: number): unknown[] {
  let shown: unknown[] | undefined;
  for (const [index, item] of items.entries()) {
    const left = publicValue(item, depth + 1);
    if (left === item) continue;
    shown ??= items.slice();
    shown[index] = left;
  }
  return shown ?? items;
}
