/** Runs a package manager in a folder; throws with the end of what it says where it fails. */
export async function installFrozen(
  words: string[],
  cwd: string,
  environment: Record<string, string> = {},
): Promise<void> {
  const env = { ...process.env, ...environment };
  const installer = Bun.spawn(words, { cwd, env, stdout: "pipe", stderr: "pipe" });
  const [out, complaint] = await Promise.all([installer.stdout.text(), installer.stderr.text()]);
  if ((await installer.exited) === 0) return;
  throw new Error(`${words[0]} failed: ${(complaint || out).trim().slice(-500)}`);
}
