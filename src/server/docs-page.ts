import type { Answer, ApiDocument, Operation } from "./openapi-document.ts";

/** The style of the page, which stands in it: its policy names it by its hash. */
export const DOCS_STYLE = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:56rem;margin:2rem auto;padding:0 1rem}
code,pre{font:14px/1.45 ui-monospace,monospace}
pre{overflow:auto;max-height:24rem;padding:.75rem;border:1px solid #8886;border-radius:.5rem;white-space:pre-wrap;overflow-wrap:anywhere}
details{border-top:1px solid #8886;padding:.5rem 0}
summary{cursor:pointer}
table{border-collapse:collapse}
td,th{padding:.2rem .8rem .2rem 0;text-align:left;vertical-align:top}
`;

/** The document as a page without scripts, which asks no host for anything. */
export function docsPage(api: ApiDocument): string {
  const { title, version, description } = api.info;
  const { responses, schemas } = api.components;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}: its API</title><style>${DOCS_STYLE}</style></head><body><main>
<h1>${title} ${version}</h1>
<p>${text(description)}</p>
<p>The same for programs: <a href="/openapi.json">openapi.json</a>. <a href="/">The live page</a>.</p>
<h2>Endpoints</h2>
${each(api.paths, (path, methods) => each(methods, (method, one) => operation(path, method, one)))}
<h2>Requests</h2>
<p>Only what is sure to be refused is checked. All other fields pass.</p>
${each(schemas, (name, schema) => (name.endsWith("Request") ? fields(name, schema) : ""))}
<h2>Errors</h2>
${each(responses, (name, answer) => error(name, answer))}
</main></body></html>
`;
}

function operation(path: string, method: string, { summary, description, ...one }: Operation) {
  const asked = JSON.stringify(one.requestBody ?? "").match(/(\w+Request)"/)?.[1];
  const sent = asked === undefined ? "" : `<p>Takes a ${link(asked)}.</p>`;
  const statuses = Object.entries(one.responses).map(([status, answer]) =>
    "$ref" in answer ? link(answer.$ref.split("/").at(-1) ?? "", status) : text(status),
  );
  const good = one.responses["200"];
  const shown = good === undefined || "$ref" in good ? "" : examples(good);
  return `<details><summary><code>${method.toUpperCase()} ${text(path)}</code> ${text(summary)}</summary>
<p>${text(description ?? "")}</p>${sent}<p>Answers: ${statuses.join(", ")}</p>${shown}</details>`;
}

/** The fields of a request, each with what it has to be. */
function fields(name: string, schema: object): string {
  const { properties = {}, required = [] }: Shape = schema;
  const rows = each(properties, (field, { description = "" }) => {
    const must = required.includes(field) ? " (required)" : "";
    return `<tr><td><code>${text(field)}</code></td><td>${text(description)}${must}</td></tr>`;
  });
  return `<details id="${name}"><summary><code>${name}</code></summary><table>${rows}</table></details>`;
}

/** What is read of a schema. */
interface Shape {
  properties?: Record<string, { description?: string }>;
  required?: string[];
}

function error(name: string, answer: Answer): string {
  const form = name.startsWith("Anthropic") ? "Anthropic's form" : "OpenAI's form";
  const title = `${text(answer.description)}, in ${form}`;
  return `<details id="${name}"><summary>${title}</summary>${examples(answer)}</details>`;
}

function examples({ content = {} }: Answer): string {
  return each(content, (type, { examples: shown = {} }) =>
    each(shown, (_, { summary, value }) => {
      const body = typeof value === "string" ? value : JSON.stringify(value, null, 2);
      return `<p>${text(summary)} (${text(type)}):</p><pre tabindex="0">${text(body)}</pre>`;
    }),
  );
}

function each<Value>(values: Record<string, Value>, show: (key: string, value: Value) => string) {
  return Object.entries(values)
    .map(([key, value]) => show(key, value))
    .join("\n");
}

function link(anchor: string, words = anchor): string {
  return `<a href="#${anchor}">${text(words)}</a>`;
}

/** A text as HTML shows it. */
function text(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
