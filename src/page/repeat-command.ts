import type { ExchangeRecord } from "../observe/record.ts";

/** A `curl` that asks the same again: without the key, and with the messages left out. */
export function repeatCommand(record: ExchangeRecord, origin: string): string {
  const { method, path, model, stream } = record;
  const lines = [`curl -i${method === "GET" ? "" : ` -X ${method}`} ${quoted(origin + path)}`];
  lines.push(`  -H "Authorization: Bearer $API_KEY"`);
  if (model !== undefined) {
    lines.push(
      `  -H 'Content-Type: application/json'`,
      `  -d ${quoted(bodyOf(path, model, stream))}`,
    );
  }
  return lines.join(" \\\n");
}

function bodyOf(path: string, model: string, stream: boolean | undefined): string {
  const asked = stream === undefined ? { model } : { model, stream };
  return JSON.stringify({ ...asked, ...inputOf(path) });
}

/** What stands for the input, in the form that the endpoint takes. */
function inputOf(path: string): object {
  const input = "…";
  if (path.endsWith("/responses") || path.endsWith("/embeddings")) return { input };
  if (path.endsWith("/completions") && !path.endsWith("/chat/completions"))
    return { prompt: input };
  const messages = [{ role: "user", content: input }];
  return path.endsWith("/messages") ? { max_tokens: 1024, messages } : { messages };
}

/** A word of a POSIX shell, whatever it holds. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
