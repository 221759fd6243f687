/** Signals that ask the program to end. A terminal that is closed sends SIGHUP. */
const ENDING: NodeJS.Signals[] = ["SIGTERM", "SIGINT", "SIGHUP"];

/** Signals whose default is to end the process, and which tools send for other reasons. */
const HARMLESS: NodeJS.Signals[] = ["SIGUSR1", "SIGUSR2"];

/** A terminal, and some supervisors, send a signal twice: within this time it is the same one. */
const ECHO_MS = 1000;

/** Makes SIGUSR1 and SIGUSR2 end nothing. */
export function ignoreHarmlessSignals(): void {
  for (const signal of HARMLESS) process.on(signal, () => {});
}

/**
 * Calls `stop` at the first signal that asks for the end, and then exits with 0. A second signal that
 * comes more than a second later exits at once, with 1.
 */
export async function stopOnSignal(stop: () => Promise<void>): Promise<never> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let firstAt: number | undefined;
  const onSignal = () => {
    const now = performance.now();
    if (firstAt === undefined) resolve();
    else if (now - firstAt > ECHO_MS) process.exit(1);
    firstAt ??= now;
  };
  for (const signal of ENDING) process.on(signal, onSignal);
  await promise;
  await stop();
  process.exit(0);
}
