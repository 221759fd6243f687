/**
 * `bun bench/peers/install.ts`: installs the peers that Candor is measured beside, at pinned versions,
 * into ~/.cache/candor-clients/gateways (CANDOR_CLIENTS_CACHE): from PyPI, npm, Debian's archive and Go's
 * module proxy.
 */
import { mkdir } from "node:fs/promises";
import { GATEWAYS } from "./gateways.ts";
import { gatewayFolder } from "./contender-of.ts";

const NEEDED = {
  uv: "Install uv with `pip install uv`, and Python 3.11 or 3.12.",
  node: "Install Node, which Portkey needs.",
  "apt-get": "nginx is taken from Debian's archive: this needs Debian or Ubuntu.",
};

/** Go builds CLIProxyAPI for some minutes; where it is missing, this one is left out. */
const NEEDS_GO = "cliproxyapi";

const missing = Object.entries(NEEDED).filter(([program]) => Bun.which(program) === null);
for (const [, sentence] of missing) console.error(sentence);
if (missing.length > 0) process.exit(1);
for (const [id, gateway] of Object.entries(GATEWAYS)) {
  if (id === NEEDS_GO && Bun.which("go") === null) {
    console.log(`${gateway.name} is left out: it is built with Go, which is not installed.`);
    continue;
  }
  const folder = gatewayFolder(id);
  await mkdir(folder, { recursive: true });
  console.log(`${gateway.name} ${gateway.version}: installing into ${folder}`);
  await gateway.install(folder);
}
