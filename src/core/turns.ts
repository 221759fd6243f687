/** The most bytes of streams that all exchanges together judge in one turn of the event loop. */
export const TURN_BYTES = 32 * 1024;

/** Fewer bytes are not counted: ordinary events come in pieces of some hundred. */
const FEW_BYTES = 2048;

/** Work that waits for its turn. */
interface Waiting {
  bytes: number;
  begin: () => void;
}

const waiting: Waiting[] = [];
/** How many bytes were worked on in this turn. */
let worked = 0;
let isTurnAhead = false;

/**
 * Resolves when work on so many bytes may begin; undefined where it may at once. All clients wait for
 * as long as a turn of the event loop takes: without this, eight streams that come fast would make
 * everybody else wait eight times as long as one.
 */
export function turnFor(bytes: number): Promise<void> | undefined {
  if (bytes < FEW_BYTES) return undefined;
  if (waiting.length > 0 || worked + bytes > TURN_BYTES) return wait(bytes);
  work(bytes);
  return undefined;
}

/**
 * What some work on a whole body of so many bytes gives: at once, or, where that would fill a turn, in
 * one of its own.
 */
export function inTurn<Result>(
  bytes: number,
  give: () => Result | Promise<Result>,
): Result | Promise<Result> {
  return bytes < TURN_BYTES ? give() : wait(bytes).then(give);
}

function wait(bytes: number): Promise<void> {
  return new Promise((begin) => {
    waiting.push({ bytes, begin });
    turnAhead();
  });
}

function work(bytes: number): void {
  worked += bytes;
  turnAhead();
}

function turnAhead(): void {
  if (isTurnAhead) return;
  isTurnAhead = true;
  later(beginTurn);
}

/** In the order in which they came, those begin whose bytes have room in one turn; one always has. */
function beginTurn(): void {
  isTurnAhead = false;
  worked = 0;
  for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
    if (worked > 0 && worked + next.bytes > TURN_BYTES) return;
    waiting.shift();
    work(next.bytes);
    next.begin();
  }
}

/** Node and Bun have it; a timer, which a browser has, may come milliseconds later. */
const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => unknown };

/** Calls back once all that waits in the event loop has had its turn. */
const later = setImmediate ?? ((callback: () => void) => setTimeout(callback, 0));
