import { availableParallelism } from "node:os";
import { join } from "node:path";
import { installFrozen } from "../install.ts";
import type { Gateway } from "./gateway.ts";
import { startProgram } from "./program.ts";

const VERSION = "1.110.2";

/** All that it needs itself is taken as of this day. */
const AS_OF = "2026-11-28T00:00:00Z";

/** What `litellm[proxy]` names: but for two of its own packages that PyPI does not have. */
const PROXY_PACKAGES =
  "gunicorn uvicorn granian uvloop fastapi starlette backoff pyyaml rq orjson hiredis apscheduler " +
  "fastapi-sso pyjwt python-multipart cryptography pynacl websockets boto3 azure-identity " +
  "azure-storage-blob mcp httpx2 pydantic restrictedpython rich inquirerpy tomlkit polars " +
  "soundfile pyroscope-io expression backports-zstd semver";

/** Its documentation, "Best practices for production": as many workers as cores. */
const WORKERS = ["--num_workers", String(availableParallelism())];

/** LiteLLM's proxy with its OpenRouter provider, and no retries of its own. */
export const litellm: Gateway = {
  name: "LiteLLM",
  version: VERSION,
  setUp:
    "one worker a core, `LITELLM_MODE=PRODUCTION`, no database, no retries, provider `openrouter`",
  async install(folder) {
    const mark = Bun.file(join(folder, "installed"));
    if ((await mark.exists()) && (await mark.text()) === VERSION) return;
    const python = ["--python", ">=3.11,<3.13", "--no-python-downloads"];
    await installFrozen(["uv", "venv", "--quiet", "--clear", ...python, "venv"], folder);
    const from = ["--exclude-newer", AS_OF, "--python", "venv"];
    const packages = [`litellm==${VERSION}`, ...PROXY_PACKAGES.split(" ")];
    await installFrozen(["uv", "pip", "install", "--quiet", ...from, ...packages], folder);
    await Bun.write(mark, VERSION);
  },
  async start(folder, port, baseUrl) {
    const settings = join(folder, `config-${port}.json`);
    await Bun.write(settings, JSON.stringify(settingsFor(baseUrl)));
    const program = join(folder, "venv/bin/litellm");
    const listen = ["--host", "127.0.0.1", "--port", String(port)];
    const running = await startProgram({
      words: [program, "--config", settings, ...WORKERS, ...listen],
      port,
      readyPath: "/health/liveliness",
      environment: {
        LITELLM_MODE: "PRODUCTION",
        LITELLM_LOG: "ERROR",
        LITELLM_LOCAL_MODEL_COST_MAP: "True",
      },
    });
    return { ...running, url: `${running.address}/v1`, headers: {} };
  },
};

/** JSON, which YAML takes as well. */
function settingsFor(baseUrl: string) {
  const parameters = { model: "openrouter/*", api_base: baseUrl, api_key: "any" };
  return {
    model_list: [{ model_name: "*", litellm_params: parameters }],
    general_settings: { dangerously_permit_weak_or_unset_master_key: true },
    litellm_settings: { telemetry: false, num_retries: 0 },
  };
}
