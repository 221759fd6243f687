import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { Gateway } from "../../contracts/clients/gateways/gateway.ts";
import { startProgram } from "../../contracts/clients/gateways/program.ts";
import { installFrozen } from "../../contracts/clients/install.ts";
import { loadFixtures } from "../../src/recordings/fixtures.ts";
import { MODEL } from "../chat-answers.ts";

const VERSION = "7.2.140";
const MODULE = `github.com/router-for-me/CLIProxyAPI/v7@v${VERSION}`;
const KEY = "any";

const Downloaded = Type.Object({ Dir: Type.String() });

/** CLIProxyAPI with OpenRouter as a provider that is compatible with OpenAI. */
export const cliproxyapi: Gateway = {
  name: "CLIProxyAPI",
  version: VERSION,
  setUp:
    "`commercial-mode`, no retries, no cooling down, provider of the kind `openai-compatibility`",
  async install(folder) {
    const mark = Bun.file(join(folder, "installed"));
    if ((await mark.exists()) && (await mark.text()) === VERSION) return;
    // `go install` asks for a list of versions, which not every module proxy has.
    const download = Bun.spawn(["go", "mod", "download", "-json", MODULE], { cwd: folder });
    const { Dir } = Value.Parse(Downloaded, await new Response(download.stdout).json());
    const source = join(folder, "source");
    // Go keeps its copy read-only.
    await installFrozen(["cp", "-r", "--no-preserve=mode", Dir, source], folder);
    await installFrozen(["go", "build", "-o", join(folder, "program"), "./cmd/server"], source);
    await Bun.write(mark, VERSION);
  },
  async start(folder, port, baseUrl) {
    const own = join(folder, `run-${port}`);
    await mkdir(own, { recursive: true });
    const settings = join(own, "config.yaml");
    await Bun.write(settings, JSON.stringify(settingsFor(port, baseUrl, own)));
    const words = [join(folder, "program"), "-config", settings];
    const running = await startProgram({ words, port, readyPath: "/" });
    const headers = { authorization: `Bearer ${KEY}` };
    return { ...running, url: `${running.address}/v1`, headers };
  },
};

/** JSON, which YAML takes as well. Every model has to be named. */
function settingsFor(port: number, baseUrl: string, folder: string) {
  const models = [MODEL, ...[...loadFixtures().keys()].map((name) => `fixture/${name}`)];
  return {
    host: "127.0.0.1",
    port,
    "auth-dir": folder,
    "api-keys": [KEY],
    "commercial-mode": true,
    "request-retry": 0,
    "disable-cooling": true,
    "remote-management": { "disable-control-panel": true },
    "openai-compatibility": [
      {
        name: "openrouter",
        "base-url": baseUrl,
        "api-key-entries": [{ "api-key": KEY }],
        models: models.map((name) => ({ name, alias: name })),
      },
    ],
  };
}
