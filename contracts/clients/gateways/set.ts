import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ClientSet } from "../client-set.ts";
import type { Gateway } from "./gateway.ts";
import { litellm } from "./litellm.ts";
import { measureGateways } from "./measure.ts";
import { portkey } from "./portkey.ts";

const GATEWAYS = [litellm, portkey];

/** Gateways with Candor behind them: their own clients meet what they make of its answers. */
export const set: ClientSet = {
  name: "gateways",
  toolchain: {
    program: "uv",
    missing: "Install uv with `pip install uv`, and Python 3.11 or 3.12; Portkey needs Node.",
  },
  async install(folder) {
    for (const gateway of GATEWAYS) {
      const own = folderOf(gateway, folder);
      await mkdir(own, { recursive: true });
      await gateway.install(own);
    }
  },
  clients: [],
  measure: (folder, binary) =>
    measureGateways(
      GATEWAYS.map((gateway) => [gateway, folderOf(gateway, folder)]),
      binary,
    ),
};

function folderOf({ name }: Gateway, folder: string): string {
  return join(folder, name.toLowerCase());
}
