import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { findOpenFilesLimit } from "../../src/server/open-files.ts";
import { freePort, type ServerProcess, startServer } from "../processes.ts";

/** Starts nginx in front of upstream, with all that it writes in a temporary folder. */
export async function startNginx(upstreamUrl: string): Promise<ServerProcess> {
  const folder = mkdtempSync(`${tmpdir()}/candor-bench-nginx-`);
  const listen = `127.0.0.1:${await freePort()}`;
  const template = await Bun.file(`${import.meta.dir}/nginx.conf`).text();
  const words: Record<string, string> = {
    "@LISTEN@": listen,
    "@UPSTREAM@": new URL(upstreamUrl).host,
    "@FOLDER@": folder,
    "@FILES@": String(findOpenFilesLimit()),
  };
  const text = template.replaceAll(/@[A-Z]+@/g, (word) => words[word] ?? word);
  await Bun.write(`${folder}/nginx.conf`, text);
  const command = ["nginx", "-p", folder, "-c", `${folder}/nginx.conf`];
  const server = await startServer(command, {}, `http://${listen}`);
  return {
    ...server,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
