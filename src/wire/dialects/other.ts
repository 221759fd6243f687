import type { Dialect, EventMeaning } from "../dialect.ts";
import { openaiErrors } from "../error-form.ts";

/** Whatever its data is: an event that reports no error is part of an answer. */
const SPEAKS: EventMeaning = { fault: undefined, speaks: true, continues: [], finishes: [] };

/**
 * Every endpoint without a dialect of its own: models, credits, audio, images, what comes next.
 * Its errors are those that look the same everywhere.
 */
export const other: Dialect = {
  path: "/*",
  isNamed: false,
  findRequestFlaw: () => undefined,
  findAnswerFault: () => undefined,
  readEvent: () => SPEAKS,
  withoutFault: ({ error: _error, ...data }) => data,
  wholeAt: "end",
  errorForm: openaiErrors,
};
