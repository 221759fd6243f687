import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ClientSet } from "../client-set.ts";
import { installFrozen } from "../install.ts";
import { PLAYWRIGHT } from "./browser.ts";
import { startServer } from "./open-webui-server.ts";

const AICHAT = "0.30.0";
const OPEN_WEBUI = "0.12.4";

/** All that Open WebUI needs itself is taken as of this day. */
const AS_OF = "2026-11-28T00:00:00Z";

const program = (name: string) => join(import.meta.dir, name);

/** What people talk to without writing a program: aichat in a terminal, Open WebUI by its page. */
export const set: ClientSet = {
  name: "apps",
  toolchain: {
    program: "chromium",
    missing: "Install Chromium with `apt-get install chromium`, uv with Python 3.11, and Rust.",
  },
  async install(folder) {
    await once(folder, "aichat", AICHAT, (own) =>
      installFrozen(
        ["cargo", "install", "--quiet", "--locked", "--root", own, `aichat@${AICHAT}`],
        own,
      ),
    );
    await once(folder, "playwright", PLAYWRIGHT, async (own) => {
      const dependencies = { "playwright-core": PLAYWRIGHT };
      await Bun.write(join(own, "package.json"), JSON.stringify({ private: true, dependencies }));
      await installFrozen(["bun", "install", "--silent"], own);
    });
    await once(folder, "open-webui", OPEN_WEBUI, (own) => installOpenWebui(folder, own));
  },
  clients: [
    {
      name: "aichat",
      version: AICHAT,
      endpoint: "chat",
      kinds: ["plain", "stream"],
      paths: ["/v1", "/api/v1"],
      command: (folder) => ["bun", program("aichat.ts"), folder],
      advice: "In Candor `BREAK_STREAMS=failed`: it reads no error in a stream.",
    },
    {
      name: "open-webui",
      version: OPEN_WEBUI,
      endpoint: "chat",
      kinds: ["stream"],
      paths: ["/v1", "/api/v1"],
      command: (folder) => ["bun", program("open-webui.ts"), folder],
      readsLines: true,
      // Its server takes half a minute to start, and minutes on a busy machine.
      limitSeconds: 240,
      advice: "Nothing: with `BREAK_STREAMS=failed` its user would lose the cause and the text.",
    },
  ],
  notes: `The two contradict each other: aichat takes a failure behind text for success unless the connection
breaks (with \`BREAK_STREAMS=failed\`, 27 of 27 are right), and Open WebUI then shows
"TransferEncodingError" in place of the cause (19 of 24). So streams end as upstream's did.`,
};

/** The tables of its database are made once: that takes a minute at every first start. */
async function installOpenWebui(folder: string, own: string): Promise<void> {
  const python = ["--python", "3.11", "--no-python-downloads"];
  await installFrozen(["uv", "venv", "--quiet", "--clear", ...python, "venv"], own);
  const from = ["--exclude-newer", AS_OF, "--python", "venv"];
  const wanted = `open-webui==${OPEN_WEBUI}`;
  await installFrozen(["uv", "pip", "install", "--quiet", ...from, wanted], own);
  await mkdir(join(own, "data"), { recursive: true });
  const first = await startServer(folder);
  await first[Symbol.asyncDispose]();
}

/** Installs into a folder of its own, unless this version is there. */
async function once(
  folder: string,
  name: string,
  version: string,
  install: (own: string) => Promise<void>,
): Promise<void> {
  const own = join(folder, name);
  const mark = Bun.file(join(own, "installed"));
  if ((await mark.exists()) && (await mark.text()) === version) return;
  await mkdir(own, { recursive: true });
  await install(own);
  await Bun.write(mark, version);
}
