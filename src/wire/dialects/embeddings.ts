import { Type } from "@sinclair/typebox";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import type { Dialect } from "../dialect.ts";
import { openaiErrors } from "../error-form.ts";
import { silentFault } from "../fault.ts";
import { describeFlaw } from "../request-flaw.ts";

/** As in OpenAI's API: one text, several, or tokens. Everything else is free. */
const EmbeddingsRequest = Type.Object({
  input: Type.Union([Type.String(), Type.Array(Type.Unknown())], {
    description: "a text or an array",
  }),
  model: Type.Optional(Type.String()),
  dimensions: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
});

const embeddingsRequest = TypeCompiler.Compile(EmbeddingsRequest);

/** `POST /embeddings` (https://openrouter.ai/docs/api_reference/embeddings). It has no streams. */
export const embeddings: Dialect = {
  path: "/embeddings",
  isNamed: true,
  wholeAt: "never",
  errorForm: openaiErrors,

  findRequestFlaw(body) {
    const error = embeddingsRequest.Check(body)
      ? undefined
      : embeddingsRequest.Errors(body).First();
    return error && describeFlaw(error);
  },

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
