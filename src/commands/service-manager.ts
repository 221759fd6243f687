/**
 * Tells systemd that the service is ready, where it waits for that (`Type=notify`). By systemd's own
 * program: Bun has no datagrams on Unix sockets.
 */
export function tellServiceManager(environment: Record<string, string | undefined>): void {
  const program = environment["NOTIFY_SOCKET"] === undefined ? null : Bun.which("systemd-notify");
  if (program === null) return;
  Bun.spawn([program, "--ready"], {
    env: environment,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "inherit",
  });
}
