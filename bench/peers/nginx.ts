import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Gateway } from "../../contracts/clients/gateways/gateway.ts";
import { startProgram } from "../../contracts/clients/gateways/program.ts";
import { installFrozen } from "../../contracts/clients/install.ts";
import { findOpenFilesLimit } from "../../src/server/open-files.ts";

/** Where Debian's package has it, below the folder that it is unpacked into. */
const PROGRAM = "usr/sbin/nginx";

/** nginx of Debian's archive, unpacked and not installed, as the plain proxy that it is. */
export const nginx: Gateway = {
  name: "nginx",
  version: "Debian's",
  setUp: "a plain proxy: one worker, no buffering, connections to upstream kept alive",
  async install(folder) {
    const mark = Bun.file(join(folder, "installed"));
    if (await mark.exists()) return;
    await installFrozen(["apt-get", "download", "nginx"], folder);
    const file = (await readdir(folder)).find((name) => /^nginx_.*\.deb$/.test(name));
    if (file === undefined) throw new Error("apt-get downloaded no package of nginx.");
    await installFrozen(["dpkg-deb", "-x", file, "."], folder);
    await Bun.write(mark, readVersion(join(folder, PROGRAM)));
  },
  async start(folder, port, baseUrl) {
    const own = await mkdtemp(join(tmpdir(), "candor-bench-nginx-"));
    const settings = join(own, "nginx.conf");
    await Bun.write(settings, await settingsFor(own, port, baseUrl));
    const words = [join(folder, PROGRAM), "-p", own, "-c", settings];
    const running = await startProgram({ words, port, readyPath: "/" });
    return {
      ...running,
      url: `${running.address}/v1`,
      headers: {},
      async [Symbol.asyncDispose]() {
        await running[Symbol.asyncDispose]();
        await rm(own, { recursive: true });
      },
    };
  },
};

async function settingsFor(folder: string, port: number, baseUrl: string): Promise<string> {
  const words: Record<string, string> = {
    "@LISTEN@": `127.0.0.1:${port}`,
    "@UPSTREAM@": new URL(baseUrl).host,
    "@FOLDER@": folder,
    "@FILES@": String(findOpenFilesLimit()),
  };
  const template = await Bun.file(join(import.meta.dir, "nginx.conf")).text();
  return template.replaceAll(/@[A-Z]+@/g, (word) => words[word] ?? word);
}

function readVersion(program: string): string {
  return /nginx\/(\S+)/.exec(String(Bun.spawnSync([program, "-v"]).stderr))?.[1] ?? "unknown";
}
