import { isObject } from "./json.ts";

/** Fields that every part of a container has, even an empty one. */
const FRAME = new Set(["type", "index", "format", "id"]);

/** Fields that describe an answer, and are no part of its content. */
const ABOUT = new Set([
  ...FRAME,
  "role",
  "object",
  "status",
  "finish_reason",
  "native_finish_reason",
  "logprobs",
  "error",
]);

/** Whether the parts of a failed answer hold generated content other than white space. */
export function holdsContent(parts: unknown): boolean {
  return carries(parts, isNotBlank, ABOUT);
}

/** Whether the value of a field that carries an answer says something, white space included. */
export function speaks(value: unknown): boolean {
  return carries(value, Boolean);
}

/** Whether it says more than white space. */
export function speaksInWords(value: unknown): boolean {
  return carries(value, isNotBlank);
}

/**
 * Whether a text, or any part of a container, says something. `{"type": "reasoning.text", "text": "",
 * "signature": ""}` opens each answer of Claude's thinking, and says nothing
 * (fixtures/chat-completions/stream-empty-reasoning-then-error.json).
 */
function carries(value: unknown, isSaid: (scalar: unknown) => boolean, silent = FRAME): boolean {
  if (Array.isArray(value)) return value.some((part) => carries(part, isSaid, silent));
  if (!isObject(value)) return isSaid(value);
  for (const name in value) {
    if (!silent.has(name) && carries(value[name], isSaid, silent)) return true;
  }
  return false;
}

function isNotBlank(scalar: unknown): boolean {
  return typeof scalar === "string" ? scalar.trim() !== "" : Boolean(scalar);
}
