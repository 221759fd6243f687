import type { Terminal } from "./terminal.ts";

/** Says how far a long task has come, on a line that vanishes at the end. */
export interface Progress {
  show(done: number, total: number, unit?: string): void;
  end(): void;
}

/** What is over by then needs no progress. */
const QUIET_MS = 2000;

/** Starts to show progress on standard error, where a person watches. */
export function startProgress(
  { isInteractive }: Terminal,
  write: (text: string) => void = (text) => void process.stderr.write(text),
  startedAt = performance.now(),
): Progress {
  let isShown = false;
  return {
    show(done, total, unit) {
      if (!isInteractive || performance.now() - startedAt < QUIET_MS) return;
      isShown = true;
      write(`\r${done} of ${total}${unit === undefined ? "" : ` ${unit}`} …\u001b[K`);
    },
    end() {
      if (isShown) write("\r\u001b[K");
    },
  };
}
