import type { Dialect, EventMeaning } from "../dialect.ts";
import { openaiErrors } from "../error-form.ts";
import { chat, findChoiceFault } from "./chat.ts";

/** Whatever its data is: an event that reports no error is part of an answer. */
const SPEAKS: EventMeaning = { fault: undefined, speaks: true, continues: [], finishes: [] };

/**
 * Every endpoint without a dialect of its own: models, credits, audio, images, what comes next.
 * Its errors are those that look the same everywhere. What calls itself part of a chat is read as
 * one: /interns/{id}/chat/completions answers so (fixtures/interns/stream-success.json).
 */
export const other: Dialect = {
  path: "/*",
  isNamed: false,
  findAnswerFault: (answer, request) =>
    answer["object"] === "chat.completion"
      ? chat.findAnswerFault(answer, request)
      : findChoiceFault(answer),
  readEvent: (data, hasSpoken) =>
    data["object"] === "chat.completion.chunk"
      ? chat.readEvent(data, hasSpoken)
      : { ...SPEAKS, fault: findChoiceFault(data) },
  withoutFault: (data) => chat.withoutFault(data),
  wholeAt: "end",
  hasDone: true,
  errorForm: openaiErrors,
};
