import { type Progress, startProgress } from "../src/commands/progress.ts";
import { terminalOf } from "../src/commands/terminal.ts";

/** A line that moves on by itself, and by `tick` where a task leaves timers no turn. */
export interface TimeProgress extends Pick<Progress, "end">, Disposable {
  tick(): void;
}

const TICK_MS = 500;

/**
 * Shows on standard error, where a person watches, how much of a task's time has passed. `end` takes
 * the line away, for what is to be printed; with the scope's end it comes no more.
 */
export function startTimeProgress(totalSeconds: number): TimeProgress {
  const progress = startProgress(terminalOf(process.stderr, process.env));
  const startedAt = performance.now();
  function tick(): void {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    progress.show(Math.min(seconds, totalSeconds), totalSeconds, "s");
  }
  const timer = setInterval(tick, TICK_MS);
  return {
    tick,
    end: progress.end,
    [Symbol.dispose]() {
      clearInterval(timer);
      progress.end();
    },
  };
}
