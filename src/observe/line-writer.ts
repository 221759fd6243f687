/**
 * Where lines go: `write` may buffer what `flush` then sends. Both may throw, or give a promise
 * that rejects.
 */
export interface LineOutput {
  write(text: string): unknown;
  flush(): unknown;
}

/** Writes lines, many with one system call. */
export interface LineWriter {
  /**
   * Takes a line, or what makes it, which must not throw: it is called when the line is sent, off the
   * request's way.
   */
  write(line: string | (() => string)): void;
  /**
   * Writes what waits. Resolves when it is sent, or lost: whoever reads the log may take any time.
   * While an earlier flush is under way, it resolves at once, and what waits is written behind it.
   */
  flush(): Promise<void>;
}

/** How long a line may wait for others, so that one system call writes them all. */
const FLUSH_MS = 100;

/** How many lines may wait where the log is not read; more are lost, and their number is told. */
const MOST_WAITING = 10_000;

/** Creates a writer; `lossLine` says how many lines were lost, once there are readers again. */
export function createLineWriter(
  output: LineOutput,
  lossLine: (count: number) => string,
): LineWriter {
  let waiting: (string | (() => string))[] = [];
  let lost = 0;
  let isWriting = false;

  function flushSoon(): void {
    setTimeout(flush, FLUSH_MS).unref();
  }
  async function flush(): Promise<void> {
    // While whoever reads the log is behind, lines wait here, where they are counted.
    if (isWriting || waiting.length === 0) return;
    isWriting = true;
    const lines = waiting;
    const told = lost;
    waiting = [];
    if (told > 0) lines.push(lossLine(told));
    try {
      const texts = lines.map((line) => (typeof line === "string" ? line : line()));
      const written = output.write(`${texts.join("\n")}\n`);
      // Large writes give a promise. Small ones are flushed at once: a program at its end is gone.
      if (written instanceof Promise) await written;
      await output.flush();
      lost -= told;
    } catch {
      // A full disk, or nobody reads: no reason to let go of the exchanges under way.
      lost += told > 0 ? lines.length - 1 : lines.length;
    }
    isWriting = false;
    if (waiting.length > 0) flushSoon();
  }
  return {
    write(line) {
      if (waiting.length === MOST_WAITING) return void (lost += 1);
      waiting.push(line);
      if (waiting.length === 1 && !isWriting) flushSoon();
    },
    flush,
  };
}
