/** A text in which JSON, where all behind the head of a message is JSON, has a line for each field. */
export function readableText(text: string): string {
  const [head = "", ...rest] = text.split("\n\n");
  const body = rest.join("\n\n");
  const lines = asLines(rest.length > 0 ? body : head);
  if (lines === undefined) return text;
  return rest.length > 0 ? `${head}\n\n${lines}` : lines;
}

function asLines(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return undefined;
  }
}
