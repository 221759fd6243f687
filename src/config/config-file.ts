/** The settings of a configuration file as texts, by the names of their variables. */
export type FileReading = { values: Map<string, string> } | { problems: string[] };

/**
 * Reads a configuration file: TOML, with the names of the variables or of the flags. Messages name
 * keys and never values, which may be secret.
 */
export function readConfigFile(text: string, file: string): FileReading {
  let table: object;
  try {
    table = Bun.TOML.parse(text);
  } catch (error) {
    // The parser quotes what it found.
    const said = error instanceof Error ? error.message.replace(/: ".*$/s, "") : "";
    return { problems: [`${file} is not TOML (${said.replace("TOML Parse error: ", "")})`] };
  }
  const values = new Map<string, string>();
  const problems: string[] = [];
  for (const [key, value] of Object.entries(table)) {
    const name = key.toUpperCase().replaceAll("-", "_");
    const written = writeValue(value);
    if (written === undefined) problems.push(`${file}: ${key} is neither a value nor a list`);
    else if (values.has(name)) problems.push(`${file}: ${key} is there twice`);
    else values.set(name, written);
  }
  return problems.length > 0 ? { problems } : { values };
}

/** A value as a variable would hold it; undefined for a table or a date. */
function writeValue(value: unknown): string | undefined {
  if (["string", "number", "boolean"].includes(typeof value)) return String(value);
  if (!Array.isArray(value)) return undefined;
  const items = value.map(writeValue);
  return items.includes(undefined) ? undefined : items.join(",");
}
