import { join } from "node:path";
import { CLIENTS_CACHE } from "../../contracts/clients/cache.ts";
import type { Gateway } from "../../contracts/clients/gateways/gateway.ts";
import { freePort } from "../../contracts/clients/gateways/program.ts";
import type { Contender } from "../contenders.ts";
import { endWithThisProcess, serverOf } from "../processes.ts";

/** The command that installs all gateways. */
const INSTALL = "bun bench/peers/install.ts";

/** Where a gateway is installed: outside of the repository, and shared with `bun run clients`. */
export function gatewayFolder(id: string): string {
  return join(CLIENTS_CACHE, "gateways", id);
}

/** A gateway as a contender, which takes these header fields beside its own. */
export function contenderOf(
  id: string,
  gateway: Gateway,
  headers: Record<string, string> = {},
): Contender {
  const folder = gatewayFolder(id);
  return {
    id,
    name: gateway.name,
    setUp: gateway.setUp,
    install: INSTALL,
    async version() {
      const mark = Bun.file(join(folder, "installed"));
      if (!(await mark.exists())) return undefined;
      // Debian keeps the newest version only: it is known once it is there.
      return gateway.version === "Debian's" ? `${await mark.text()}, Debian's` : gateway.version;
    },
    async start(upstream) {
      const running = await gateway.start(folder, freePort(), upstream.url);
      endWithThisProcess(running.pid);
      const stop = () => running[Symbol.asyncDispose]();
      return {
        chatUrl: `${running.url}/chat/completions`,
        headers: { ...running.headers, ...headers },
        server: serverOf(running.url, running.pid, async () => stop()),
      };
    },
  };
}
