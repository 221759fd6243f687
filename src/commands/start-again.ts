/**
 * Starts this program again, in place, if its environment is another one: these variables Bun reads
 * when it starts. They are set, not deleted: Bun would take a missing one from `.env` again.
 */
export function startAgainWith(variables: Record<string, string>): void {
  const isSo = Object.entries(variables).every(
    ([name, value]) => (process.env[name] ?? "") === value,
  );
  if (isSo) return;
  const words = Bun.isStandaloneExecutable
    ? [process.execPath, ...process.argv.slice(2)]
    : [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  process.execve?.(process.execPath, words, { ...process.env, ...variables });
}
