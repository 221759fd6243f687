import { REASONS } from "../core/reasons.ts";
import type { Answer } from "./openapi-document.ts";
import type { ExampleAnswer } from "./openapi-examples.ts";

/** The answers of one form, by name: `OpenAiError429`. */
export function errorAnswers(form: string, answers: ExampleAnswer[]): Record<string, Answer> {
  const failed = answers.filter(({ status }) => status >= 400);
  const byStatus = Map.groupBy(failed, ({ status }) => status);
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([one], [other]) => one - other)
      .map(([status, examples]) => [`${form}${status}`, errorAnswer(form, status, examples)]),
  );
}

function errorAnswer(form: string, status: number, answers: ExampleAnswer[]): Answer {
  const schema = { $ref: `#/components/schemas/${form}` };
  const description = `${status} ${REASONS[status] ?? "Error"}`;
  return {
    description,
    headers: ERROR_HEADERS,
    content: { "application/json": { schema, examples: namedExamples(answers) } },
  };
}

/** The fields that tell a client what to do. */
const ERROR_HEADERS = {
  "x-should-retry": {
    description: "Whether another try is worth it.",
    schema: { enum: ["true", "false"] },
  },
  "retry-after": {
    description: "How long to wait first, in seconds or as a date, where that is known.",
    schema: { type: "string" },
  },
  "proxy-status": {
    description: "Upstream's own status, and the rule that decided (RFC 9209).",
    schema: { type: "string" },
  },
};

/** Answers as the examples of a content type, each named for how it came about. */
export function namedExamples(answers: ExampleAnswer[]) {
  const entries = answers.map(({ summary, value }) => {
    const name = summary.replaceAll(/[^\w.-]+/g, "_");
    return [name, { summary, value }] as const;
  });
  return Object.fromEntries(entries);
}
