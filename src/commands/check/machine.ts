import { createServer } from "node:net";
import type { Config } from "../../config/config.ts";
import { findOpenFilesLimit } from "../../server/open-files.ts";
import { reachableUrl } from "../health.ts";
import { type Finding, well, wrong } from "./finding.ts";

/** With fewer files than this, ordinary use runs out of them. */
const FEWEST_FILES = 1024;

/** Whether enough files may be open for the connections that are allowed. */
export function checkFiles({ maxConnections }: Config, limit = findOpenFilesLimit()): Finding {
  const share = Math.floor(limit * 0.75);
  if (limit < FEWEST_FILES) {
    return wrong(
      "files",
      `only ${limit} files may be open, so that ${share} connections are taken; raise ulimit -n (LimitNOFILE in systemd)`,
    );
  }
  if (share >= maxConnections)
    return well(`enough files may be open for ${maxConnections} connections`);
  return well(
    `${limit} files may be open: ${share} connections, where MAX_CONNECTIONS is ${maxConnections}`,
  );
}

/** Whether the server could listen where it is to. */
export async function checkPort(
  { host, port, sharePort }: Pick<Config, "host" | "port" | "sharePort">,
  name = "PORT",
): Promise<Finding> {
  if (sharePort) return well(`${name} ${port} is shared (SHARE_PORT), so it was not tried`);
  const code = await tryToListen(host, port);
  if (code === undefined) return well(`HOST ${host} and ${name} ${port} can be listened on`);
  if (code === "EADDRINUSE") {
    const who = (await isCandor(reachableUrl({ host, port }))) ? ", by a Candor that runs" : "";
    return wrong(
      "port",
      `${name} ${port} on ${host} is taken${who}; stop that, or take another port`,
    );
  }
  if (code === "EACCES") {
    return wrong("port", `${name} ${port} needs more rights; take one from 1024 upwards`);
  }
  return wrong(
    "port",
    `HOST ${host} is neither an address of this machine nor a name of one (${code})`,
  );
}

/** The code of the error; undefined where it works. */
function tryToListen(host: string, port: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const server = createServer();
  // For a name that nobody knows, Bun has no code.
  server.once("error", (error) => resolve("code" in error ? String(error.code) : "ENOTFOUND"));
  server.listen({ host: host.replace(/^\[|\]$/g, ""), port }, () => {
    server.close(() => resolve(undefined));
  });
  return promise;
}

async function isCandor(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(1000) });
    return (await response.text()).includes('"status"');
  } catch {
    return false;
  }
}
