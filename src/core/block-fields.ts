/** What HTML §9.2.6 reads from one block of an event stream. */
export interface BlockFields {
  name: string | undefined;
  /** Undefined where the block has no data: it is then no event. */
  data: string | undefined;
  /** Lines that are no field: upstream may put a bare JSON error there. */
  stray: string | undefined;
}

/** Reads a block, of which the blank line that ends it is the end. */
export function readFields(block: string): BlockFields {
  const data = onlyData(block);
  if (data !== undefined) return { name: undefined, data, stray: undefined };
  const { fields, stray } = sortLines(block);
  const values = (name: string) =>
    fields.flatMap((field) => (nameOf(field) === name ? [valueOf(field)] : []));
  const lines = values("data");
  return {
    // The last name counts, and one that is empty is none.
    name: lines.length === 0 ? undefined : values("event").at(-1) || undefined,
    data: lines.length === 0 ? undefined : lines.join("\n"),
    stray: stray.length === 0 ? undefined : stray.join("\n"),
  };
}

/**
 * The data of a block that is one line of data and a blank one, as nearly all are; else undefined.
 */
function onlyData(block: string): string | undefined {
  const isOneLine = block.startsWith("data: ") && block.indexOf("\n") === block.length - 2;
  if (!isOneLine || !block.endsWith("\n\n") || block.includes("\r")) return undefined;
  return block.slice("data: ".length, -2);
}

/** The fields of an event, with or without a value. */
const FIELD = /^(?:data|event|id|retry)(?::|$)/;

/** The lines of a block that are fields, and those that are not. Comments are skipped in place. */
function sortLines(block: string): { fields: string[]; stray: string[] } {
  const fields: string[] = [];
  const stray: string[] = [];
  const text = block.includes("\r") ? block.replace(/\r\n?/g, "\n") : block;
  let start = 0;
  while (start < text.length) {
    const found = text.indexOf("\n", start);
    const end = found === -1 ? text.length : found;
    if (end > start && text[start] !== ":") {
      const line = text.slice(start, end);
      (FIELD.test(line) ? fields : stray).push(line);
    }
    start = end + 1;
  }
  return { fields, stray };
}

function nameOf(field: string): string {
  const colon = field.indexOf(":");
  return colon === -1 ? field : field.slice(0, colon);
}

/** What stands behind the colon of a field, without one space. */
function valueOf(field: string): string {
  const colon = field.indexOf(":");
  const value = colon === -1 ? "" : field.slice(colon + 1);
  return value.startsWith(" ") ? value.slice(1) : value;
}
