import type { Dialect } from "../dialect.ts";
import { completionsErrors } from "../error-form.ts";
import { chat } from "./chat.ts";

/**
 * `POST /completions`: a prompt in place of messages, answered with `text` in place of a message
 * (https://openrouter.ai/docs/api_reference/completion). All else is as in a chat.
 */
export const completions: Dialect = {
  ...chat,
  path: "/completions",
  errorForm: completionsErrors,
  findAnswerFault: (answer) => chat.findAnswerFault(answer, {}),
};
