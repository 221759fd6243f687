import type { Operation } from "./openapi-document.ts";
import type { NamedEndpoint } from "./openapi-endpoints.ts";
import { namedExamples } from "./openapi-errors.ts";
import type { ExampleAnswer } from "./openapi-examples.ts";

/** The operation of a named endpoint. `errors` are the names of the error answers of all forms. */
export function describeOperation(
  { path, summary, schema, requires, form }: NamedEndpoint,
  answers: ExampleAnswer[],
  errors: string[],
): Operation {
  const good = answers.filter(({ status }) => status === 200);
  const byType = Map.groupBy(good, ({ contentType }) => contentType);
  const content = [...byType].map(([type, examples]) => [
    type,
    {
      schema: type === "text/event-stream" ? { type: "string" } : { type: "object" },
      examples: namedExamples(examples),
    },
  ]);
  const body = { $ref: `#/components/schemas/${schema}` };
  const asked =
    requires === undefined
      ? body
      : { allOf: [body], anyOf: requires.map((field) => ({ required: [field] })) };
  const failed = errors
    .filter((name) => name.startsWith(form))
    .map((name) => [name.slice(form.length), { $ref: `#/components/responses/${name}` }]);
  return {
    operationId: path.slice(1).replaceAll("/", "-"),
    summary,
    requestBody: { required: true, content: { "application/json": { schema: asked } } },
    responses: {
      "200": {
        description:
          "What upstream sent, byte for byte. A stream that fails after its first words ends with the error in band.",
        content: Object.fromEntries(content),
      },
      ...Object.fromEntries(failed),
      default: {
        description: "Any other status of upstream's from 400 to 599, which is kept.",
        content: { "application/json": { schema: { $ref: `#/components/schemas/${form}` } } },
      },
    },
  };
}
