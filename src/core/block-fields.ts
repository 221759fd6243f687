/** What HTML §9.2.6 reads from one block of an event stream. */
export interface BlockFields {
  name: string | undefined;
  /** Undefined where the block has no data: it is then no event. */
  data: string | undefined;
  /** Lines that are no field: upstream may put a bare JSON error there. */
  stray: string | undefined;
}

/** A field of an event, with what parts its name from its value; or without a value. */
const FIELD = /^(data|event|id|retry)(?:: ?|$)/;

/**
 * Reads a block, of which the blank line that ends it is the end. Not by `eventsource-parser`, which says
 * the same (`contracts/fuzz` holds the two against each other): it would be a twelfth of `candor/fetch`.
 */
export function readFields(block: string): BlockFields {
  const onlyLine = onlyData(block);
  if (onlyLine !== undefined) return { name: undefined, data: onlyLine, stray: undefined };
  let name = "";
  const data: string[] = [];
  const stray: string[] = [];
  for (const line of linesOf(block)) {
    const [beginning, field] = FIELD.exec(line) ?? [];
    if (beginning === undefined) stray.push(line);
    else if (field === "data") data.push(line.slice(beginning.length));
    else if (field === "event") name = line.slice(beginning.length);
  }
  const isEvent = data.length > 0;
  return {
    name: isEvent && name !== "" ? name : undefined,
    data: isEvent ? data.join("\n") : undefined,
    stray: stray.length > 0 ? stray.join("\n") : undefined,
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

/** The lines of a block. Comments, of which there may be a million, are skipped in place. */
function linesOf(block: string): string[] {
  const lines: string[] = [];
  const text = block.includes("\r") ? block.replace(/\r\n?/g, "\n") : block;
  let start = 0;
  while (start < text.length) {
    const found = text.indexOf("\n", start);
    const end = found === -1 ? text.length : found;
    if (end > start && text[start] !== ":") lines.push(text.slice(start, end));
    start = end + 1;
  }
  return lines;
}
