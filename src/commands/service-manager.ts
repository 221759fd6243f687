import type { Log } from "../observe/log.ts";

/**
 * Tells systemd that the service is ready, where it waits for that (`Type=notify`). By systemd's own
 * program: Bun has no datagrams on Unix sockets.
 */
export function tellServiceManager(
  environment: Record<string, string | undefined>,
  { warn }: Pick<Log, "warn">,
): void {
  if (environment["NOTIFY_SOCKET"] === undefined) return;
  const program = Bun.which("systemd-notify");
  if (program === null) {
    return warn(
      "systemd waits to be told that the service is ready: systemd-notify is not in PATH",
    );
  }
  Bun.spawn([program, "--ready"], {
    env: environment,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "inherit",
  });
}
