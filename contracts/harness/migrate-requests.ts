import { existsSync, readFileSync, writeFileSync } from "node:fs";

const FILE = "/proc/sys/net/ipv4/tcp_migrate_req";

/** Linux's `net.ipv4.tcp_migrate_req` as a test finds it; before 5.14 there is none. */
const FOUND = existsSync(FILE) ? readFileSync(FILE, "utf8").trim() : "0";

/** The values that can be tried here: both as root, else the machine's own. */
export const MIGRATE_REQUESTS: string[] = isWritable() ? ["1", "0"] : [FOUND];

/** Sets it, up to the end of the scope. */
export function setMigrateRequests(value: string): Disposable {
  if (MIGRATE_REQUESTS.length > 1) writeFileSync(FILE, value);
  return {
    [Symbol.dispose]() {
      if (MIGRATE_REQUESTS.length > 1) writeFileSync(FILE, FOUND);
    },
  };
}

function isWritable(): boolean {
  try {
    writeFileSync(FILE, FOUND);
    return true;
  } catch {
    return false;
  }
}
