/**
 * The body of an answer, read chunk by chunk. Chunks that were read to look at them can be put
 * back, and are read again.
 */
export interface Body {
  /** The next chunk as `value`; none at the end. Rejects where the body breaks off. */
  next(): Promise<NextChunk>;
  /** The same without taking it, for those who may not have the time to wait for it. */
  peek(): Promise<NextChunk>;
  /** The next `next()` begins with these. */
  putBack(chunks: Uint8Array[]): void;
  /** All that is left, as one. */
  rest(): Promise<Uint8Array>;
  /** Gives the rest up, and with it the connection. */
  cancel(): void;
  /** Drops the rest, which should be next to nothing, so that the connection can be used again. */
  drop(): void;
}

/** The outcome of a read; at the end of a body without a value. */
export interface NextChunk {
  value?: Uint8Array | undefined;
}

/** How long a body may take to end, and how much may come, when all that matters was read. */
const LONGEST_END_MS = 1000;
const LONGEST_END_BYTES = 64 * 1024;

/** Opens the body of a response; one without a body is at its end at once. */
export function openBody(response: Response): Body {
  const stream: ReadableStream<Uint8Array> | null = response.body;
  let reader: ReturnType<typeof readerOf> | undefined;
  let ahead: Uint8Array[] = [];

  let peeked: Promise<NextChunk> | undefined;

  function read(): Promise<NextChunk> {
    if (stream === null) return Promise.resolve({});
    reader ??= readerOf(stream);
    return reader.read();
  }
  function next(): Promise<NextChunk> {
    const value = ahead.shift();
    if (value !== undefined) return Promise.resolve({ value });
    const taken = peeked ?? read();
    peeked = undefined;
    return taken;
  }
  function peek(): Promise<NextChunk> {
    const value = ahead[0];
    if (value !== undefined) return Promise.resolve({ value });
    return (peeked ??= read());
  }
  function cancel(): void {
    // A body that has failed already rejects here as well; there is nothing left to free then.
    (reader ?? stream)?.cancel().catch(() => {});
  }
  async function readToEnd(): Promise<void> {
    const timer = setTimeout(cancel, LONGEST_END_MS);
    try {
      let left = LONGEST_END_BYTES;
      for (let { value } = await next(); value !== undefined; { value } = await next()) {
        left -= value.length;
        if (left < 0) return cancel();
      }
    } finally {
      clearTimeout(timer);
    }
  }
  return {
    next,
    peek,
    putBack(chunks) {
      ahead = [...chunks, ...ahead];
    },
    async rest() {
      // Where nobody has begun to read, the platform reads it all at less than half the cost.
      if (reader === undefined) return response.bytes();
      const chunks: Uint8Array[] = [];
      for (let { value } = await next(); value !== undefined; { value } = await next()) {
        chunks.push(value);
      }
      return Buffer.concat(chunks);
    },
    cancel,
    drop: () => void readToEnd().catch(cancel),
  };
}

function readerOf(stream: ReadableStream<Uint8Array>) {
  return stream.getReader();
}
