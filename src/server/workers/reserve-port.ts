import type { Config } from "../../config/config.ts";
import { explainAddress } from "../address-problem.ts";

/**
 * A port that nobody listens on: this one, or any free one for 0. Throws where it is taken: workers
 * share their port, and would share it with another program of the same user without a word. With
 * SHARE_PORT they may.
 */
export async function reservePort({ host: hostname, port, sharePort }: Config): Promise<number> {
  if (sharePort && port !== 0) return port;
  const server = explainAddress(hostname, port, () =>
    Bun.serve({ hostname, port, reusePort: false, fetch: () => new Response() }),
  );
  const { port: reserved = port } = server;
  await server.stop(true);
  return reserved;
}
