import { join } from "node:path";
import type { Gateway } from "../../contracts/clients/gateways/gateway.ts";
import { startProgram } from "../../contracts/clients/gateways/program.ts";
import { installFrozen } from "../../contracts/clients/install.ts";

const PACKAGES = [
  "fastapi==0.163.2",
  "httpx==0.28.1",
  "uvicorn==0.54.0",
  // The parts in C that uvicorn takes where they are there.
  "uvloop==0.23.0",
  "httptools==0.9.0",
];
/** What these need themselves is taken as of this day. */
const AS_OF = "2026-11-28T00:00:00Z";

/** The proxy that one would write by oneself in Python. */
export const fastapi: Gateway = {
  name: "FastAPI + httpx",
  version: PACKAGES.slice(0, 3).join(", ").replaceAll("==", " "),
  setUp:
    "`uvicorn` with uvloop and httptools; peeks at the first event (`bench/peers/fastapi_proxy.py`)",
  async install(folder) {
    const mark = Bun.file(join(folder, "installed"));
    if ((await mark.exists()) && (await mark.text()) === fastapi.version) return;
    const python = ["--python", ">=3.11,<3.13", "--no-python-downloads"];
    await installFrozen(["uv", "venv", "--quiet", "--clear", ...python, "venv"], folder);
    const from = ["--exclude-newer", AS_OF, "--python", "venv"];
    await installFrozen(["uv", "pip", "install", "--quiet", ...from, ...PACKAGES], folder);
    await Bun.write(mark, fastapi.version);
  },
  async start(folder, port, baseUrl) {
    const python = join(folder, "venv/bin/python");
    const program = join(import.meta.dir, "fastapi_proxy.py");
    const words = [python, program, baseUrl, String(port)];
    const running = await startProgram({ words, port, readyPath: "/" });
    return { ...running, url: `${running.address}/v1`, headers: {} };
  },
};
