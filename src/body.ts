/**
 * The body of an answer, read chunk by chunk. Chunks that were read to look at them can be put
 * back, and are read again.
 */
export interface Body {
  /** The next chunk, or undefined at the end. Rejects where the body breaks off. */
  next(): Promise<Uint8Array | undefined>;
  /** The next `next()` begins with these. */
  putBack(chunks: Uint8Array[]): void;
  /** All that is left, as one. */
  rest(): Promise<Uint8Array>;
  /** Gives the rest up, and with it the connection. */
  cancel(): void;
}

/** Opens the body of a response; one without a body is at its end at once. */
export function openBody(response: Response): Body {
  const reader = response.body?.getReader();
  let ahead: Uint8Array[] = [];

  async function next(): Promise<Uint8Array | undefined> {
    return ahead.shift() ?? (await reader?.read())?.value;
  }
  return {
    next,
    putBack(chunks) {
      ahead = [...chunks, ...ahead];
    },
    async rest() {
      const chunks: Uint8Array[] = [];
      for (let chunk = await next(); chunk !== undefined; chunk = await next()) chunks.push(chunk);
      return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
    },
    cancel() {
      // A body that has failed already rejects here as well; there is nothing left to free then.
      reader?.cancel().catch(() => {});
    },
  };
}
