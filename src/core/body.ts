import { concatBytes } from "./bytes.ts";
import { ChunkRest } from "./chunk-rest.ts";
import { TURN_BYTES, turnFor } from "./turns.ts";

/** The outcome of a read; at the end of a body without a value. */
export interface NextChunk {
  value?: Uint8Array | undefined;
}

/** How long a body may go on behind the end of its answer, and how many bytes may come. */
const LONGEST_END_MS = 1000;
const LONGEST_END_BYTES = 64 * 1024;

/**
 * The body of an answer, read chunk by chunk; one without a body is at its end at once. Chunks that
 * were read to look at them can be put back, and are read again.
 */
export class Body {
  readonly #response: Response;
  #reader: ReturnType<typeof readerOf> | undefined;
  #ahead: Uint8Array[] = [];
  /** What is left of a chunk that was given out in slices. */
  #rest: ChunkRest | undefined;
  #peeked: Promise<NextChunk> | undefined;
  /** Whether the platform has read all of it, so that only what was put back is left. */
  #isRead = false;

  readonly #mostBytes: number;

  /** `mostBytes`: how much of it may be read as one. */
  constructor(response: Response, mostBytes = Number.POSITIVE_INFINITY) {
    this.#response = response;
    this.#mostBytes = mostBytes;
  }

  /** The next chunk as `value`; none at the end. Rejects where the body breaks off. */
  next(): Promise<NextChunk> {
    if (this.#ahead.length > 0) return Promise.resolve({ value: this.#ahead.shift() });
    const taken = this.#peeked ?? this.#read();
    this.#peeked = undefined;
    return taken;
  }

  /** The next chunk, or as much of it as may be worked on in one turn of the event loop. */
  async nextSlice(): Promise<NextChunk> {
    const rest = this.#rest;
    if (rest !== undefined) {
      await turnFor(Math.min(rest.size, TURN_BYTES));
      const value = rest.take(TURN_BYTES);
      if (rest.size === 0) this.#rest = undefined;
      return { value };
    }
    const next = await this.next();
    const { value } = next;
    if (value === undefined) return next;
    const turn = turnFor(Math.min(value.length, TURN_BYTES));
    if (turn !== undefined) await turn;
    if (value.length <= TURN_BYTES) return next;
    this.#rest = new ChunkRest(value, TURN_BYTES);
    return { value: new Uint8Array(value.subarray(0, TURN_BYTES)) };
  }

  /** Resolves once there is a chunk, or the end, so that a caller may stop waiting for it. */
  ready(): Promise<unknown> {
    const isHere = this.#rest !== undefined || this.#ahead.length > 0;
    return isHere ? Promise.resolve() : (this.#peeked ??= this.#read());
  }

  /** The next `next()` begins with these. */
  putBack(chunks: Uint8Array[]): void {
    this.#ahead = [...chunks, ...this.#ahead];
  }

  /** All that is left, as one; undefined where that is too much: it can be read chunk by chunk. */
  async rest(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const length = declaredLength(this.#response);
    if (length > this.#mostBytes) return undefined;
    // Where nobody has begun to read, the platform reads it all at less than half the cost.
    const isSmall = !Number.isNaN(length) || this.#mostBytes === Number.POSITIVE_INFINITY;
    const isUntouched = this.#reader === undefined && !this.#isRead && this.#ahead.length === 0;
    if (isSmall && isUntouched) {
      this.#isRead = true;
      return new Uint8Array(await this.#response.arrayBuffer());
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (let chunk = await this.next(); chunk.value !== undefined; chunk = await this.next()) {
      chunks.push(chunk.value);
      size += chunk.value.length;
      if (size <= this.#mostBytes) continue;
      this.putBack(chunks);
      return undefined;
    }
    return concatBytes(chunks);
  }

  /** Gives the rest up, and with it the connection. */
  cancel(): void {
    // `cancel` rejects if the body has failed already. Then nothing is left to free.
    (this.#reader ?? this.#response.body)?.cancel().catch(() => {});
  }

  /** Reads what little is left and throws it away, so that the connection can be used again. */
  drop(): void {
    void this.#readToEnd().catch(() => this.cancel());
  }

  async #readToEnd(): Promise<void> {
    const timer = setTimeout(() => this.cancel(), LONGEST_END_MS);
    try {
      let left = LONGEST_END_BYTES;
      for (let chunk = await this.next(); chunk.value !== undefined; chunk = await this.next()) {
        left -= chunk.value.length;
        if (left < 0) return this.cancel();
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #read(): Promise<NextChunk> {
    if (this.#isRead) return Promise.resolve({});
    if (this.#reader === undefined) {
      const { body } = this.#response;
      if (body === null) return Promise.resolve({});
      this.#reader = readerOf(body);
    }
    return this.#reader.read();
  }
}

/** How long a body is, where its head says so. */
function declaredLength({ headers }: Response): number {
  const length = headers.get("content-length");
  return length === null || headers.has("content-encoding") ? Number.NaN : Number(length);
}

function readerOf(stream: ReadableStream<Uint8Array>) {
  return stream.getReader();
}
