import type { Dialect } from "../dialect.ts";
import { openaiErrors } from "../error-form.ts";
import { silentFault } from "../fault.ts";
import { isObject } from "../json.ts";

/** `POST /embeddings` (https://openrouter.ai/docs/api_reference/embeddings). It has no streams. */
export const embeddings: Dialect = {
  path: "/embeddings",
  isNamed: true,
  wholeAt: "never",
  hasDone: true,
  errorForm: openaiErrors,

  findAnswerFault(answer, request) {
    const vectors = Array.isArray(answer["data"]) ? answer["data"] : [];
    if (vectors.length === 0 || !vectors.every(isVector)) {
      return silentFault("no-answer", "Upstream answered without an embedding.", answer);
    }
    if (vectors.length >= countInputs(request["input"])) return undefined;
    const sentence = "Upstream answered with fewer embeddings than inputs.";
    return silentFault("no-answer", sentence, answer);
  },

  // An event that reports no error is an answer in a form that nobody can have asked for.
  readEvent: () => ({ fault: undefined, speaks: true, continues: [], finishes: [] }),
  withoutFault: ({ error: _error, ...data }) => data,
};

/** Whether an item holds an embedding: an array of numbers, or Base64 of them. */
function isVector(item: unknown): boolean {
  if (!isObject(item)) return false;
  const { embedding } = item;
  return (Array.isArray(embedding) || typeof embedding === "string") && embedding.length > 0;
}

/** How many inputs a request has: an array of numbers is one, of tokens. */
function countInputs(input: unknown): number {
  if (!Array.isArray(input)) return 1;
  return typeof input[0] === "number" ? 1 : input.length;
}
