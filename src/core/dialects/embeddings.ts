import type { Dialect } from "../dialect.ts";
import { openaiErrors } from "../error-body.ts";
import { silentFault } from "../fault.ts";

/** `POST /embeddings` (https://openrouter.ai/docs/api_reference/embeddings). It has no streams. */
export const embeddings: Dialect = {
  path: "/embeddings",
  isNamed: true,
  wholeAt: "never",
  errorForm: openaiErrors,

  findAnswerFault(answer) {
    const { data } = answer;
    const isAnswer = Array.isArray(data) && data.length > 0;
    return isAnswer
      ? undefined
      : silentFault("no-answer", "Upstream answered without an embedding.", answer);
  },

  // An event that reports no error is an answer in a form that nobody can have asked for.
  readEvent: () => ({ fault: undefined, speaks: true, continues: [], finishes: [] }),
  withoutFault: ({ error: _error, ...data }) => data,
};
