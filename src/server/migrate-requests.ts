import type { Log } from "../observe/log.ts";

/** Where Linux keeps it: https://docs.kernel.org/networking/ip-sysctl.html, `tcp_migrate_req`. */
const SETTING = "/proc/sys/net/ipv4/tcp_migrate_req";

/** Warns where new connections may be lost when one of those who listen on a port stops. */
export async function warnOfResets({ warn }: Pick<Log, "warn">, file = SETTING): Promise<void> {
  if (await canHandOver(file)) return;
  warn(
    "net.ipv4.tcp_migrate_req is not 1: connections that wait at a process that stops listening are reset",
  );
}

/** Whether Linux hands what waits at a listener that closes to another one of the same port. */
export async function canHandOver(file = SETTING): Promise<boolean> {
  return Bun.file(file)
    .text()
    .then((text) => text.trim() === "1")
    .catch(() => false);
}
