import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";

const FOLDER = new URL("../../dist/debian", import.meta.url).pathname;

/**
 * Web servers with their configurations, and Prometheus for its promtool; unpacked with what they need
 * that the system lacks.
 */
const PACKAGES = ["nginx", "nginx-common", "haproxy", "caddy", "prometheus"];

/**
 * The folder into which Debian's packages of nginx, HAProxy, Caddy and Prometheus are unpacked. The
 * first call downloads them by apt-get, as any user; nothing is installed, and nothing is started.
 * Throws where apt-get is missing or reaches no archive.
 */
export async function unpackDebianPackages(): Promise<string> {
  if (existsSync(FOLDER)) return FOLDER;
  if (Bun.which("apt-get") === null || Bun.which("dpkg-deb") === null) {
    throw new Error(
      "These contracts need Debian's nginx, HAProxy, Caddy and Prometheus, and this machine has no apt-get. Run them on Debian or Ubuntu.",
    );
  }
  const partial = `${FOLDER}.${process.pid}`;
  mkdirSync(`${partial}/archives/partial`, { recursive: true });
  mkdirSync(`${partial}/lists/partial`, { recursive: true });
  try {
    console.log(`downloading ${PACKAGES.join(", ")} by apt-get into dist/debian`);
    await download(partial);
    for (const file of readdirSync(`${partial}/archives`)) {
      if (file.endsWith(".deb"))
        await run("dpkg-deb", "-x", `${partial}/archives/${file}`, partial);
    }
    rmSync(`${partial}/archives`, { recursive: true });
    rmSync(`${partial}/lists`, { recursive: true });
    // A folder of that name is a whole one.
    renameSync(partial, FOLDER);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return FOLDER;
}

/** Downloads by the machine's own package lists; where these are missing or old, by new ones. */
async function download(partial: string): Promise<void> {
  // Without locks apt-get needs no right to change the system.
  const options = ["-o", `Dir::Cache::archives=${partial}/archives`, "-o", "Debug::NoLocking=1"];
  const kinds = ["--yes", "--download-only", "--reinstall", "--no-install-recommends"];
  const install = [...options, "install", ...kinds, ...PACKAGES];
  try {
    await run("apt-get", ...install);
  } catch {
    const lists = ["-o", `Dir::State::lists=${partial}/lists`];
    await run("apt-get", ...lists, "-o", "Debug::NoLocking=1", "update");
    await run("apt-get", ...lists, ...install);
  }
}

async function run(...command: string[]): Promise<void> {
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  const trouble = await child.stderr.text();
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")} failed: ${trouble}`);
}
