/** From so many bytes on, work on them takes milliseconds. */
const MUCH_BYTES = 512 * 1024;

/** Resolves when all that waits in the event loop has had its turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * What some work gives: at once, or, where so many bytes have taken long already, in the next turn of
 * the event loop. Other clients wait for as long as a turn takes.
 */
export function inTurn<Result>(
  bytes: number,
  work: () => Result | Promise<Result>,
): Result | Promise<Result> {
  return bytes < MUCH_BYTES ? work() : nextTurn().then(work);
}
