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
  /** Drops the rest, which should be next to nothing, so that the connection can be used again. */
  drop(): void;
}

/** How long a body may take to end when all that matters of it was read. */
const LONGEST_END_MS = 1000;

/** Opens the body of a response; one without a body is at its end at once. */
export function openBody(response: Response): Body {
  const reader = response.body?.getReader();
  let ahead: Uint8Array[] = [];

  async function next(): Promise<Uint8Array | undefined> {
    return ahead.shift() ?? (await reader?.read())?.value;
  }
  function cancel(): void {
    // A body that has failed already rejects here as well; there is nothing left to free then.
    reader?.cancel().catch(() => {});
  }
  async function readToEnd(): Promise<void> {
    const timer = setTimeout(cancel, LONGEST_END_MS);
    try {
      while ((await next()) !== undefined);
    } finally {
      clearTimeout(timer);
    }
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
    cancel,
    drop: () => void readToEnd().catch(cancel),
  };
}
