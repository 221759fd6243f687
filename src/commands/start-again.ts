/**
 * Starts this program again, in place, if its environment is another one: these variables Bun reads
 * when it starts. They are set, not deleted: Bun would take a missing one from `.env` again.
 */
export function startAgainWith(variables: Record<string, string>): void {
  const isSo = Object.entries(variables).every(
    ([name, value]) => (process.env[name] ?? "") === value,
  );
  if (isSo) return;
  process.execve?.(process.execPath, programWords(), { ...process.env, ...variables });
}

/** What this program was started with: the program itself, and its arguments. */
export function programWords(): string[] {
  return Bun.isStandaloneExecutable
    ? [process.execPath, ...process.argv.slice(2)]
    : [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
}
