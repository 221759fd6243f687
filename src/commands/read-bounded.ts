/** How many bytes a command reads of one file or one answer. */
export const MOST_BYTES = 64 * 2 ** 20;

/** The same limit as messages name it. */
export const MOST_BYTES_SHOWN = "64 MiB";

/** All bytes of a stream; undefined where there are more than the limit: then the rest is left. */
export async function readBounded(
  stream: AsyncIterable<Uint8Array>,
  limit = MOST_BYTES,
): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
