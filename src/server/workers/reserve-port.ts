import { explainAddress } from "../address-problem.ts";

/**
 * A port that nobody listens on: this one, or any free one for 0. Throws where it is taken: workers
 * share their port, and would share it with another program of the same user without a word.
 */
export async function reservePort(hostname: string, port: number): Promise<number> {
  const server = explainAddress(hostname, port, () =>
    Bun.serve({ hostname, port, reusePort: false, fetch: () => new Response() }),
  );
  const { port: reserved = port } = server;
  await server.stop(true);
  return reserved;
}
