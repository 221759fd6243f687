import type { Dialect } from "../dialect.ts";
import { chat, findChatFlaw } from "./chat.ts";

/**
 * `POST /completions`: a prompt in place of messages, answered with `text` in place of a message
 * (https://openrouter.ai/docs/api_reference/completion). All else is as in a chat.
 */
export const completions: Dialect = {
  ...chat,
  path: "/completions",
  findRequestFlaw: (body) => findChatFlaw(body, "prompt"),
  findAnswerFault: (answer) => chat.findAnswerFault(answer, {}),
};
