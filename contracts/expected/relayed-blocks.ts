/**
 * The blocks of a recorded event stream that reach a client, each with the blank line that ends it.
 * Comments are left out, and so are the blocks in which nothing else, or no data, is left: clients
 * break on them. Blocks of other fields, such as `retry`, stay.
 */
export function relayedBlocks(body: Uint8Array): string[] {
  return blocksOf(body)
    .map(withoutComments)
    .filter((block) => !isHeartbeat(block));
}

/** The blocks of an event stream, each with the blank line that ends it; bytes as Latin-1. */
export function blocksOf(body: Uint8Array): string[] {
  const text = Buffer.from(body).toString("latin1");
  return [...text.matchAll(/[^]+?(?:\r\n\r\n|\n\n|\r\r|$)/g)].map(([block]) => block);
}

function withoutComments(block: string): string {
  const lines = block.match(/[^\r\n]*(?:\r\n|\n|\r|$)/g) ?? [];
  return lines.filter((line) => !line.startsWith(":")).join("");
}

/** Whether a block has no lines but blank ones, or data that is blank. */
function isHeartbeat(block: string): boolean {
  const lines = block.split(/\r\n|\n|\r/).filter((line) => line !== "");
  const data = lines.filter((line) => /^data(:|$)/.test(line)).map((line) => line.slice(5));
  return lines.length === 0 || (data.length > 0 && data.join("").trim() === "");
}
