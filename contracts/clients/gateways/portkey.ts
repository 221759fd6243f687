import { join } from "node:path";
import { installFrozen } from "../install.ts";
import type { Gateway } from "./gateway.ts";
import { startProgram } from "./program.ts";

const VERSION = "1.15.2";

const MANIFEST = JSON.stringify({
  private: true,
  dependencies: { "@portkey-ai/gateway": VERSION },
  // From 1.14 on, Portkey dies of every stream: it writes to header fields that are immutable.
  overrides: { "@hono/node-server": "1.13.8" },
});

/** Portkey's gateway, told by header fields that OpenRouter is elsewhere. */
export const portkey: Gateway = {
  name: "Portkey",
  version: VERSION,
  setUp:
    "provider `openrouter`, upstream as its custom host; with the `@hono/node-server` that its " +
    "repository locks (later ones turn every stream into a 500)",
  async install(folder) {
    const mark = Bun.file(join(folder, "installed"));
    if ((await mark.exists()) && (await mark.text()) === MANIFEST) return;
    await Bun.write(join(folder, "package.json"), MANIFEST);
    await installFrozen(["bun", "install", "--silent"], folder);
    await Bun.write(mark, MANIFEST);
  },
  async start(folder, port, baseUrl) {
    const program = join(folder, "node_modules/@portkey-ai/gateway/build/start-server.js");
    const running = await startProgram({
      words: ["node", program, `--port=${port}`, "--headless"],
      port,
      readyPath: "/",
    });
    return {
      ...running,
      url: `${running.address}/v1`,
      headers: {
        authorization: "Bearer any",
        "x-portkey-provider": "openrouter",
        // It appends `/v1/chat/completions` itself.
        "x-portkey-custom-host": baseUrl.replace(/\/v1$/, ""),
      },
    };
  },
};
